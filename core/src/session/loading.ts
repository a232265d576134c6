import { type AttachType, type BpfMap, hasFeature, Program, type ProgramSpec } from 'ebpf-napi';
import { needsLongJumps } from 'ebpf-napi/asm';
import type { MapImage, ProgramImage, TraceImage } from '../compiler/image.js';
import { AttachProgress } from './attach-progress.js';
import { createMaps } from './image-maps.js';
import { loadError } from './load-error.js';
import type { Attachment, AttachOptions, SiteAttacher } from './site-attacher.js';

export interface LoadedProgram {
  readonly image: ProgramImage;
  readonly program: Program;
}

function programSpec(image: ProgramImage): ProgramSpec {
  return {
    name: image.name,
    type: image.type,
    instructions: image.instructions,
    ...(image.expectedAttach !== undefined && { expectedAttach: image.expectedAttach as AttachType }),
    ...(image.attachTo !== undefined && { attachTo: image.attachTo }),
    ...(image.attachModule !== undefined && { attachIn: image.attachModule }),
  };
}

/** Waits for all of them, so that what succeeded can be undone; then throws the first failure. */
async function allOrThrow<T>(
  work: readonly Promise<T>[],
  undo: (done: T[]) => Promise<void> | void,
): Promise<T[]> {
  const results = await Promise.allSettled(work);
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return done;
  await undo(done);
  throw failed.reason;
}

/** Gets the kernel's report on a program. */
type ProgramLog = ((report: string) => void) | undefined;

function loadPrograms(
  image: TraceImage,
  maps: ReadonlyMap<string, BpfMap>,
  log: ProgramLog,
): Promise<LoadedProgram[]> {
  const options = ({ instructions }: ProgramImage) => ({
    longJumps: needsLongJumps(instructions) && hasFeature('cpu_v4'),
    ...(log !== undefined && { log }),
  });
  const load = async (program: ProgramImage): Promise<LoadedProgram> => {
    try {
      return {
        image: program,
        program: await Program.load(programSpec(program), maps, undefined, options(program)),
      };
    } catch (error) {
      throw loadError(image, program, error);
    }
  };
  return allOrThrow(image.programs.map(load), (loaded) => {
    for (const { program } of loaded) program.close();
  });
}

async function attachPrograms(
  programs: readonly LoadedProgram[],
  attachers: ReadonlyMap<string, SiteAttacher>,
  options: AttachOptions,
): Promise<Attachment[]> {
  const attacherOf = ({ image }: LoadedProgram): SiteAttacher => {
    const attacher = attachers.get(image.kind);
    if (attacher === undefined)
      throw new Error(`no installed package attaches sites of kind '${image.kind}'`);
    return attacher;
  };
  const slow = programs.filter((loaded) => attacherOf(loaded).oneByOne);
  const total = slow.reduce((sum, { image }) => sum + image.sites.length, 0);
  const progress = new AttachProgress(total, options.progress ?? (() => {}));
  const told = { ...options, attached: (sites: number) => progress.add(sites) };
  const attach = async (loaded: LoadedProgram) =>
    attacherOf(loaded).attach(loaded.program, loaded.image, told);
  const attached = await allOrThrow(programs.map(attach), async (done) => {
    await Promise.allSettled(done.flat().map((attachment) => attachment.close()));
  }).finally(() => progress.end());
  return attached.flat();
}

const sameMap = (a: MapImage, b: MapImage | undefined): boolean =>
  b !== undefined &&
  a.type === b.type &&
  a.valueSize === b.valueSize &&
  a.keySize === b.keySize &&
  !a.readOnly;

/** An image in the kernel: maps, programs and, after `attach`, links. `close` leaves nothing behind. */
export class LoadedImage {
  #attachments: Attachment[] = [];

  private constructor(
    readonly image: TraceImage,
    readonly maps: ReadonlyMap<string, BpfMap>,
    readonly programs: LoadedProgram[],
    private readonly log: ProgramLog,
  ) {}

  /**
   * Loads and attaches the programs of an image for further probes. It shares the maps that hold data; tables and scratch
   * space are its own.
   */
  async extend(
    image: TraceImage,
    attachers: ReadonlyMap<string, SiteAttacher>,
    options: AttachOptions,
  ): Promise<void> {
    const first = new Map(this.image.maps.map((map) => [map.name, map]));
    const own = image.maps.filter((map) => !sameMap(map, first.get(map.name)));
    const made = createMaps(own);
    try {
      const programs = await loadPrograms(image, new Map([...this.maps, ...made]), this.log);
      this.programs.push(...programs);
      this.#attachments.push(...(await attachPrograms(programs, attachers, options)));
    } finally {
      // The programs keep what they use.
      for (const map of made.values()) map.close();
    }
  }

  static async load(image: TraceImage, log?: ProgramLog): Promise<LoadedImage> {
    const maps = createMaps(image.maps);
    try {
      return new LoadedImage(image, maps, await loadPrograms(image, maps, log), log);
    } catch (error) {
      for (const map of maps.values()) map.close();
      throw error;
    }
  }

  map(name: string): BpfMap {
    const map = this.maps.get(name);
    if (map === undefined) throw new Error(`the image has no map '${name}'`);
    return map;
  }

  async attach(attachers: ReadonlyMap<string, SiteAttacher>, options: AttachOptions = {}): Promise<void> {
    this.#attachments = await attachPrograms(this.programs, attachers, options);
  }

  async detach(): Promise<void> {
    const attachments = this.#attachments;
    this.#attachments = [];
    await Promise.allSettled(attachments.map((attachment) => attachment.close()));
  }

  async close(): Promise<void> {
    await this.detach();
    for (const { program } of this.programs) program.close();
    for (const map of this.maps.values()) map.close();
  }
}
