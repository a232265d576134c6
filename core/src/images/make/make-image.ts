/** From D to an image that runs on other kernels. */
import { release } from 'node:os';
import { featureKernels } from 'ebpf-napi';
import type { TraceImage } from '../../compiler/image.js';
import {
  type CompiledProgram,
  type CompileRequest,
  type CompileWorld,
  compileProgram,
} from '../../session/compile-program.js';
import type { SourceText } from '../../session/front-end.js';
import { macroValues } from '../../session/macros.js';
import type { OptionSetting } from '../../session/run-options.js';
import { canonical } from '../format/code.js';
import { ImageError } from '../image-error.js';
import type { ImageClause, ImageFile } from '../image-file.js';
import { mapNumbers, numbersOf, skeleton } from '../numbers.js';
import { dataOf } from '../parts.js';
import { type Quantity, quantityText } from '../quantity.js';
import { type Known, type Relocation, relocated } from '../relocation.js';
import { resolveQuantity } from '../resolve.js';
import { Ambiguous, RelocationFinder } from './find-relocations.js';
import { shiftedWorld } from './shifted-world.js';
import { Shifts } from './shifts.js';

/** Option `minkernel` says which kernel is the oldest that the image is to run on. */
export type ImageRequest = Omit<CompileRequest, 'codeLater' | 'target' | 'prepareTarget'>;

const OLDEST = '5.10';

/** Worlds that tell quantities apart, and one to try out what was found. */
const WORLDS = 10;
/** Where two quantities moved alike in all of them, chance has another try. */
const TRIES = 4;

const version = (text: string): number => {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined) throw new ImageError(`'${text}' is no version of a kernel`);
  return Number(major) * 1000 + Number(minor);
};

/** Answers by the version that each feature came with, whatever this kernel has. */
class Abilities {
  readonly used = new Set<string>();
  readonly #floor: number;

  constructor(floor: string) {
    this.#floor = version(floor);
    if (this.#floor < version(OLDEST))
      throw new ImageError(`images run on Linux ${OLDEST} and newer, not on ${floor}`);
  }

  readonly has = (feature: string): boolean => {
    const since = featureKernels.get(feature);
    if (since === undefined || version(since) > this.#floor) return false;
    this.used.add(feature);
    return true;
  };
}

interface World {
  readonly shifts: Shifts;
  readonly program: CompiledProgram;
}

function checkProgram({ extend, image }: CompiledProgram): void {
  if (extend !== undefined)
    throw new ImageError('an image cannot hold probes that may come to be while it runs: those of programs');
  if (image.programs.some(({ sites }) => sites.length === 0)) throw new ImageError('a program has no place');
}

const codeOf = ({ programs }: TraceImage) => programs.map(({ instructions }) => instructions.map(canonical));

interface Found {
  readonly image: TraceImage;
  readonly quantities: readonly Known[];
  readonly pinned: readonly Known[];
  readonly code: readonly (readonly Relocation[])[];
  readonly data: readonly Relocation[];
}

function findAll(worlds: readonly World[], last: World, host: CompileWorld['host']): Found {
  const [first] = worlds;
  const finder = new RelocationFinder(worlds.map(({ shifts }) => shifts));
  const images = worlds.map(({ program }) => program.image);
  if (new Set(images.map(({ programs }) => programs.length)).size > 1)
    throw new ImageError('the program is another one where the kernel keeps its data in other places');
  const codes = images.map(codeOf);
  const code = codes[0]!.map((_, i) => finder.find(codes.map((each) => each[i])));
  const data = finder.find(images.map(dataOf));
  const machine = { host, macros: macroValues(host, []).named };
  const quantities = finder.quantities.map((quantity): Known => {
    const { value, shift } = moved(first!, quantity);
    const known = knownAt(quantity, machine);
    // What will be looked up elsewhere has to be what was moved; a made-up number of CPUs is nobody's.
    if (quantity.kind !== 'cpus' && known.real !== value - BigInt(shift))
      throw new ImageError(`${quantityText(quantity)} cannot be found by its name alone`);
    return { ...known, value };
  });
  checkLast({ codes: codes[0]!, code, data, image: images[0]! }, finder.quantities, first!, last);
  const pinned = [...first!.shifts.pinned.values()].map((quantity) => knownAt(quantity, machine));
  return { image: images[0]!, quantities, pinned, code, data };
}

function knownAt(quantity: Quantity, machine: Parameters<typeof resolveQuantity>[1]): Known {
  const { value, shape } = resolveQuantity(quantity, machine);
  return { quantity, value, real: value, ...(shape !== undefined && { shape }) };
}

function moved({ shifts }: World, quantity: Quantity) {
  const found = shifts.find(quantity);
  if (found === undefined) throw new ImageError('compiling the program twice gave two programs');
  return found;
}

/** What was found is right where it makes, of the first world's image, the last one's. */
function checkLast(
  { codes, code, data, image }: Pick<Found, 'code' | 'data' | 'image'> & { codes: ReturnType<typeof codeOf> },
  quantities: readonly Quantity[],
  first: World,
  last: World,
): void {
  const grown = quantities.map((quantity) => moved(last, quantity).value - moved(first, quantity).value);
  const same = (before: unknown, relocations: readonly Relocation[], after: unknown): boolean => {
    if (skeleton(before) !== skeleton(after)) return false;
    const numbers = numbersOf(mapNumbers(before, relocated(relocations, grown)));
    return numbersOf(after).every((value, i) => BigInt(value) === BigInt(numbers[i]!));
  };
  const lastCodes = codeOf(last.program.image);
  const right =
    codes.every((each, i) => same(each, code[i]!, lastCodes[i])) &&
    same(dataOf(image), data, dataOf(last.program.image));
  if (!right)
    throw new ImageError(
      'the program depends on where the kernel keeps its data in a way that no image can hold',
    );
}

const minimumKernel = (settings: readonly OptionSetting[]): string | undefined =>
  settings.findLast(([name]) => name === 'minkernel')?.[1];

const clausesOf = ({ checked, matches }: CompiledProgram, image: TraceImage): readonly ImageClause[] =>
  checked.clauses.map((_, i) => ({
    description: image.records[i]?.description ?? '',
    probes: (matches[i] ?? []).map(({ id }) => id),
  }));

/** Throws a `CompileError` for what is wrong with the program, an `ImageError` for what an image cannot be. */
export function makeImage(
  sources: readonly SourceText[],
  request: ImageRequest,
  world: CompileWorld,
): ImageFile {
  const abilities = new Abilities(minimumKernel(request.options ?? []) ?? OLDEST);
  const build = (seed: number): World => {
    const shifts = new Shifts(seed);
    const program = compileProgram(sources, request, shiftedWorld(world, shifts, abilities));
    checkProgram(program);
    return { shifts, program };
  };
  for (let attempt = 1; ; attempt++) {
    const worlds = Array.from({ length: WORLDS + 1 }, (_, i) => build(attempt * 100 + i));
    const last = worlds.pop()!;
    try {
      const { image, ...relocations } = findAll(worlds, last, world.host);
      const { program } = worlds[0]!;
      return {
        arch: world.host.arch,
        madeOn: release(),
        source: sources[0]?.name ?? '',
        features: [...abilities.used].sort(),
        clauses: clausesOf(program, image),
        settings: program.settings,
        destructive: program.diagnostics.some(({ id }) => id === 'support.destructive'),
        image: {
          ...image,
          programs: image.programs.map((each) => ({
            ...each,
            instructions: each.instructions.map(canonical),
          })),
        },
        relocations,
      };
    } catch (error) {
      if (!(error instanceof Ambiguous) || attempt === TRIES) throw error;
    }
  }
}
