import { attachKprobeMulti, type Program } from 'ebpf-napi';
import type { ProgramImage } from '../../compiler/image.js';
import type { FunctionSite } from '../../probes/site.js';
import type { Attachment, AttachOptions, SiteAttacher } from '../site-attacher.js';
import { FunctionAddresses, needsAddress } from './function-targets.js';
import { isAboutTarget, NO_ADDRESS, type RefusedProbe, reportRefused } from './refused-functions.js';

/** One place to attach to; an ambiguous function has several. */
interface Target {
  readonly probe: number;
  readonly site: FunctionSite;
  readonly cookie: bigint | undefined;
  readonly address: bigint | undefined;
}

interface Targets {
  /** A link takes either names or addresses: those of one sort each. */
  readonly links: readonly (readonly Target[])[];
  readonly refused: readonly RefusedProbe[];
}

function targetsOf({ sites }: ProgramImage, { functions: map }: AttachOptions): Targets {
  const named: Target[] = [];
  const placed: Target[] = [];
  const refused: RefusedProbe[] = [];
  const functions = sites.map(({ site }) => site as FunctionSite);
  const addresses = new FunctionAddresses(functions, map);
  for (const [i, { probe, cookie }] of sites.entries()) {
    const site = functions[i]!;
    if (!needsAddress(site)) {
      named.push({ probe, site, cookie, address: undefined });
      continue;
    }
    const places = addresses.of(site);
    if (places.length === 0) refused.push({ probe, error: NO_ADDRESS });
    for (const address of places) placed.push({ probe, site, cookie, address });
  }
  return { links: [named, placed], refused };
}

class MultiLink {
  readonly attachments: Attachment[] = [];
  readonly refused: RefusedProbe[] = [];

  constructor(
    readonly program: Program,
    readonly retprobe: boolean,
  ) {}

  /** One function that is refused fails the whole link: halves are tried then, down to the culprit. */
  async attach(targets: readonly Target[]): Promise<void> {
    const [only] = targets;
    if (only === undefined) return;
    try {
      this.attachments.push(await this.#link(targets));
    } catch (error) {
      if (!isAboutTarget(error)) throw error;
      if (targets.length === 1) {
        this.refused.push({ probe: only.probe, error });
        return;
      }
      const half = targets.length >> 1;
      await this.attach(targets.slice(0, half));
      await this.attach(targets.slice(half));
    }
  }

  #link(targets: readonly Target[]): Promise<Attachment> {
    const words = (values: readonly (bigint | undefined)[]) =>
      values[0] === undefined ? undefined : BigUint64Array.from(values as readonly bigint[]);
    const addresses = words(targets.map(({ address }) => address));
    const cookies = words(targets.map(({ cookie }) => cookie));
    return attachKprobeMulti(this.program, {
      ...(addresses === undefined ? { symbols: targets.map(({ site }) => site.function) } : { addresses }),
      ...(cookies !== undefined && { cookies }),
      retprobe: this.retprobe,
    });
  }
}

/** One link for all functions of a program. */
export const kprobeMultiAttacher: SiteAttacher = {
  kind: 'kprobe-multi',
  async attach(program, image, options) {
    const [first] = image.sites;
    const multi = new MultiLink(program, (first?.site as FunctionSite | undefined)?.at === 'return');
    try {
      const { links, refused } = targetsOf(image, options);
      for (const targets of links) await multi.attach(targets);
      reportRefused([...refused, ...multi.refused], multi.attachments.length, options.leftOut);
      return multi.attachments;
    } catch (error) {
      await Promise.all(multi.attachments.map((attachment) => attachment.close()));
      throw error;
    }
  },
};
