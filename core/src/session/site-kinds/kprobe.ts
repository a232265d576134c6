import { attachKprobe, BpfError, type Program } from 'ebpf-napi';
import type { ProgramImage } from '../../compiler/image.js';
import type { FunctionSite } from '../../probes/site.js';
import type { Attachment, AttachOptions, SiteAttacher } from '../site-attacher.js';
import { FunctionAddresses, needsAddress } from './function-targets.js';
import { isAboutTarget, NO_ADDRESS, type RefusedProbe, reportRefused } from './refused-functions.js';

/** Kernels of late want to be told which of several functions a name means. */
const isAmbiguous = (error: unknown): boolean => error instanceof BpfError && error.code === 'EADDRNOTAVAIL';

class Kprobes {
  readonly attachments: Attachment[] = [];
  readonly refused: RefusedProbe[] = [];
  readonly #functions: readonly FunctionSite[];
  #addresses: FunctionAddresses | undefined;

  constructor(
    readonly program: Program,
    readonly image: ProgramImage,
    readonly options: AttachOptions,
  ) {
    this.#functions = image.sites.map(({ site }) => site as FunctionSite);
  }

  async attachAll(): Promise<void> {
    for (const { probe, site, cookie } of this.image.sites) {
      try {
        await this.#attach(site as FunctionSite, cookie);
      } catch (error) {
        if (!isAboutTarget(error)) throw error;
        this.refused.push({ probe, error });
      }
      this.options.attached?.(1);
    }
  }

  async #attach(site: FunctionSite, cookie: bigint | undefined): Promise<void> {
    if (!needsAddress(site)) {
      try {
        await this.#at(site.function, site, cookie);
        return;
      } catch (error) {
        if (!isAmbiguous(error)) throw error;
      }
    }
    this.#addresses ??= new FunctionAddresses(this.#functions, this.options.functions);
    const addresses = this.#addresses.of({ ...site, ambiguous: true });
    if (addresses.length === 0) throw NO_ADDRESS;
    for (const address of addresses) await this.#at(address, site, cookie);
  }

  async #at(target: string | bigint, { at }: FunctionSite, cookie: bigint | undefined): Promise<void> {
    const options = { retprobe: at === 'return', ...(cookie !== undefined && { cookie }) };
    this.attachments.push(await attachKprobe(this.program, target, options));
  }
}

/** One perf event for each function. */
export const kprobeAttacher: SiteAttacher = {
  kind: 'kprobe',
  oneByOne: true,
  async attach(program, image, options) {
    const kprobes = new Kprobes(program, image, options);
    try {
      await kprobes.attachAll();
      reportRefused(kprobes.refused, kprobes.attachments.length, options.leftOut);
      return kprobes.attachments;
    } catch (error) {
      await Promise.all(kprobes.attachments.map((attachment) => attachment.close()));
      throw error;
    }
  },
};
