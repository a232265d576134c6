/** Everything the compiler may ask about the run and the kernel it is for: the same input gives the same image. */

import type { CheckedProgram, Expr } from '../language/checked.js';
import type { TypeSource } from '../language/types.js';
import type { ProbeSite } from '../probes/site.js';
import type { SiteLayout } from '../probes/site-layout.js';
import type { ResolvedProbe } from './input.js';
import type { Owner } from './privileges.js';

export interface CompileOptions {
  /** Bytes that hold any string, its end included: one more than the option says. */
  readonly strsize: number;
  /** The only CPU to trace on; undefined: all. */
  readonly cpu?: number;
  /** Bytes of one CPU's buffer. */
  readonly bufsize: number;
  readonly bufpolicy: 'switch' | 'fill' | 'ring';
  /** Bytes of one aggregation and one associative array; undefined: room for what scripts usually need. */
  readonly aggsize: number | undefined;
  readonly dynvarsize: number | undefined;
  /** Most bytes of one alloca() or copyin() whose size is not a constant. */
  readonly scratchsize: number;
  /** Turns that one loop may take. */
  readonly looplimit: number;
  /** Speculations, and bytes that may be recorded to one. */
  readonly nspec: number;
  readonly specsize: number;
  /** Most bytes print() takes of a value. */
  readonly printsize: number;
  readonly stackframes: number;
  readonly ustackframes: number;
  /** How user stacks are walked: by tables and else by frame pointers, by frame pointers alone, by tables alone. */
  readonly ustackunwind: 'auto' | 'fp' | 'dwarf';
  readonly jstackframes: number;
  /** The most frames of any stack; undefined: what the kernel can do. */
  readonly maxframes: number | undefined;
}

export interface CompileInput {
  readonly program: CheckedProgram;
  /** The probes each checked clause matched, in the order of `program.clauses`. */
  readonly matches: readonly (readonly ResolvedProbe[])[];
  readonly types: TypeSource;
  readonly arch: 'x64' | 'arm64';
  /** Possible CPUs: the highest number plus one. */
  readonly cpus: number;
  readonly options: CompileOptions;
  /** The pid namespace whose numbers processes go by; absent: the machine's own. */
  readonly pidNamespace?: { readonly device: number; readonly inode: number } | undefined;
  /** Events of other users' processes are not seen. */
  readonly owner?: Owner | undefined;
  /** Programs for probes that are found later will share the image's maps. */
  readonly extensible?: boolean;
  has(feature: string): boolean;
  layout(site: ProbeSite): SiteLayout;
  /** Checks a provider's D text (guard, selector, argument) over the site's own args[]. */
  checkSiteExpression(text: string, layout: SiteLayout): Expr;
}
