/** What is in the file of an image. */
import type { TraceImage } from '../compiler/image.js';
import type { OptionSetting } from '../session/run-options.js';
import type { Relocations } from './relocation.js';

export interface ImageClause {
  /** The probe description, as it was written. */
  readonly description: string;
  /** Ids of the probes that it matched where the image was made. */
  readonly probes: readonly number[];
}

export interface ImageFile {
  readonly arch: string;
  /** Of the kernel and the machine that it was made on; shown to people. */
  readonly madeOn: string;
  /** What the program is called in messages. */
  readonly source: string;
  /** Features of kernels that its programs use. */
  readonly features: readonly string[];
  readonly clauses: readonly ImageClause[];
  /** Options that the program was compiled with. */
  readonly settings: readonly OptionSetting[];
  /** It has actions that have to be allowed. */
  readonly destructive: boolean;
  readonly image: TraceImage;
  readonly relocations: Relocations;
}
