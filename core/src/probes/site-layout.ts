import type { Type, TypeSource } from '../language/types.js';
import type { FunctionMeans, InstructionMeans, ProbeSite } from './site.js';

/** One of a site's own args[]: where it lies in the program's context. */
export interface SiteArgument {
  readonly type: Type;
  readonly offset: number;
  readonly size: 1 | 2 | 4 | 8;
  /** The verifier knows the pointer's BTF type: its target may be read with plain loads, which cannot fault. */
  readonly trusted?: boolean;
  /** Nobody vouches for the pointer: a plain load through it reads 0 where it leads nowhere. */
  readonly mayBeBad?: boolean;
  /** The verifier gives the value out through a helper only; an argument's number is its offset in words. */
  readonly through?: 'bpf_get_func_arg' | 'bpf_get_func_ret';
  /** The context holds an address only (a stack pointer): the argument lies so many bytes above it. */
  readonly behind?: { readonly bytes: number; readonly space: 'kernel' | 'user' };
  /** Not in the context at all: floating point is passed in registers that are not kept there. */
  readonly lost?: true;
  /** Not in the context: the lower half of the site's cookie (`placeValues`). */
  readonly cookie?: true;
  /** Not in the context: one of the site's facts, by its number. */
  readonly fact?: number;
  /** The word of `registers` whose number that fact is; 0 where it is `NO_REGISTER`. */
  readonly registerOfFact?: number;
}

/** In a fact that is the number of a register: none. */
export const NO_REGISTER = 63;

/** How a program sees the sites of one group. Sites with equal `group` (and equal arguments) share a program. */
export interface SiteLayout {
  readonly group: string;
  readonly programType: 'raw_tracepoint' | 'tracing' | 'perf_event' | 'kprobe' | 'tracepoint' | 'syscall';
  readonly expectedAttach?: string;
  readonly attachTo?: string;
  /** The kernel module that `attachTo` is in. */
  readonly attachModule?: string;
  /** Frames on top of the kernel stack that belong to tracing and not to what is traced; default 0. */
  readonly ownFrames?: number;
  /** The kernel stack starts at the caller of what is traced: its own address is missing on top. */
  readonly frameGone?: boolean;
  readonly args: readonly SiteArgument[];
  /** arg0 … of the site where those are more than the values of `args`: whole registers, whatever the types say. */
  readonly raw?: readonly SiteArgument[];
  /**
   * The attacher gives each site the cookie its image names, and the program can read it: any number of sites of the
   * group share one program, whose `args` may then differ in type from site to site.
   */
  readonly cookies?: boolean;
  /** With `cookies`: the attacher puts a value of each place into the lower half of the cookie. */
  readonly placeValues?: boolean;
  /**
   * The program runs where a kernel function is entered, and may make it return at once (bpf_override_return), if the
   * function is one of those that the kernel lets fail.
   */
  readonly forcesReturn?: 'allowed' | 'not allowed';
  /** What the kernel's allocator may itself be passing through: programs there must not make it allocate. */
  readonly mustNotAllocate?: true;
  /**
   * A function that gets or gives back a lock such as programs take themselves, when they record or allocate: what runs there
   * must not wait for what it runs in.
   */
  readonly insideLocks?: true;
  /** Registers of the probed context: a pt_regs at `offset` in the context, where the kind has one. */
  readonly registers?: { readonly offset: number };
}

export interface LayoutContext {
  readonly types: TypeSource;
  readonly arch: 'x64' | 'arm64';
  has(feature: string): boolean;
  /** -x fbtbackend */
  readonly functionMeans?: FunctionMeans | undefined;
  /** -x instrbackend */
  readonly instructionMeans?: InstructionMeans | undefined;
  /** Whether the kernel lets a function be made to fail, as far as it tells. Default: it may. */
  readonly mayFail?: (name: string) => boolean;
  /** Means that the kernel has turned out to refuse. */
  readonly avoided?: ReadonlySet<FunctionMeans>;
}

/** The pure half of a site kind; the attaching half is `SiteAttacher` in the session room. */
export interface SiteDescriber {
  readonly kind: string;
  /** What its sites say is true on every machine: images may hold them. */
  readonly portable?: true;
  /** Throws a `SiteError` when this kernel has no such place. */
  layout(site: ProbeSite, context: LayoutContext): SiteLayout;
  /**
   * Of a kind that stands for several: the sites that serve these, one for each, now that all of a run's are known.
   * Throws a `SiteError` where nothing can.
   */
  choose?(sites: readonly ProbeSite[], context: LayoutContext): readonly ProbeSite[];
}

export class SiteError extends Error {
  override readonly name = 'SiteError';
}
