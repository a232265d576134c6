import type { Program } from 'ebpf-napi';
import type { ProgramImage } from '../compiler/image.js';
import type { FunctionMap } from './site-kinds/function-targets.js';

/** Something attached; `close` detaches it. */
export interface Attachment {
  close(): Promise<void>;
}

/** What the run wants of attaching. Programs look after themselves: who ignores it only does needless work. */
export interface AttachOptions {
  /** -x cpu: the only CPU that is traced. */
  readonly cpu?: number;
  /** Told of a probe that the kernel cannot have in a place where it can have others, and why. */
  readonly leftOut?: (probe: number, reason: string) => void;
  readonly functions?: FunctionMap | undefined;
  /** Told now and then how many sites are attached where that takes long. */
  readonly progress?: (done: number, total: number) => void;
  /** Counts sites that are done, where the kind attaches one by one. */
  readonly attached?: ((sites: number) => void) | undefined;
}

/**
 * The second half of a site kind: ties a loaded program to the sites of its image. Called after BEGIN's program is
 * loaded and before it runs: programs do nothing until the session's phase says so.
 */
export interface SiteAttacher {
  readonly kind: string;
  /** Each site takes its time: the user sees how far it has come. */
  readonly oneByOne?: boolean;
  /** Throws what the kernel says; the session closes the attachments of others. */
  attach(program: Program, image: ProgramImage, options: AttachOptions): Promise<readonly Attachment[]>;
}
