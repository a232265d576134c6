/** From an image to a program for this machine. Neither the language's front end nor the compiler is part of it. */
import type { Instruction } from 'ebpf-napi/asm';
import type { ProgramImage } from '../compiler/image.js';
import type { Host } from '../host/host.js';
import { formatProbeName } from '../probes/probe.js';
import type { FunctionSite, InstructionSite, ProbeSite, RawTracepointSite } from '../probes/site.js';
import { hasTracepoint } from '../probes/site-kinds/raw-tracepoint.js';
import type { LoadableProgram } from '../session/compile-program.js';
import { macroValues } from '../session/macros.js';
import { OptionError, type OptionSetting, type RunOptions, runOptions } from '../session/run-options.js';
import { ImageError } from './image-error.js';
import type { ImageClause, ImageFile } from './image-file.js';
import { mapNumbers } from './numbers.js';
import { dataOf, joined } from './parts.js';
import { type Moved, realValues, relocated } from './relocation.js';

export interface OpenRequest {
  /** Options besides those that the image was compiled with; of those that programs depend on, none. */
  readonly options?: readonly OptionSetting[];
  /** $target. */
  readonly target?: number;
}

/** A program that came out of an image. */
export interface OpenedImage {
  readonly program: LoadableProgram;
  readonly source: string;
  readonly clauses: readonly ImageClause[];
  /** Probes that this kernel does not have. */
  readonly leftOut: readonly { readonly probe: string; readonly reason: string }[];
  /** It looks at $target: a command is let go as far as option `evaltime` says before the session starts. */
  readonly asksForTarget: boolean;
  /** What the programs had to be changed for. */
  readonly moved: readonly Moved[];
}

/** Why the kernel has nothing there. */
function missing(site: ProbeSite, host: Host): string | undefined {
  if (site.kind === 'raw-tracepoint') {
    const { tracepoint } = site as RawTracepointSite;
    return hasTracepoint(tracepoint, host.types) ? undefined : `this kernel has no tracepoint ${tracepoint}`;
  }
  if (['fentry', 'kprobe', 'kprobe-multi'].includes(site.kind)) {
    const { function: name, module } = site as FunctionSite;
    const found = module === undefined ? host.hasFunction(name) : host.types.findFunction(name, module);
    return found ? undefined : `this kernel has no function ${name}`;
  }
  if (KERNEL_INSTRUCTIONS.includes(site.kind) && 'address' in (site as InstructionSite).at)
    return 'instructions of the kernel lie elsewhere each time it starts';
  return undefined;
}

/** Sites that are told by an address of the kernel. */
const KERNEL_INSTRUCTIONS = ['instruction-kprobe', 'breakpoint'];

interface Kept {
  readonly program: ProgramImage;
  readonly index: number;
}

/** Programs with the sites that are there. A program for a site that is not would not even load. */
function keepPresent({ image }: ImageFile, host: Host) {
  const reasons = new Map<number, string>();
  const kept: Kept[] = [];
  for (const [index, program] of image.programs.entries()) {
    const sites = program.sites.filter(({ probe, site }) => {
      const reason = missing(site, host);
      if (reason !== undefined) reasons.set(probe, reason);
      return reason === undefined;
    });
    if (sites.length > 0) kept.push({ program: { ...program, sites }, index });
  }
  return { kept, reasons };
}

function checkMachine({ arch, features }: ImageFile, host: Host): void {
  if (arch !== host.arch) throw new ImageError(`the image is for ${arch}, and this machine is ${host.arch}`);
  const lacking = features.filter((feature) => !host.has(feature));
  if (lacking.length > 0)
    throw new ImageError(`the image needs what this kernel lacks, or does not allow: ${lacking.join(', ')}`);
}

/** A clause that nothing can fire is as much a mistake as it is in a script. */
function checkClauses({ clauses, image }: ImageFile, reasons: ReadonlyMap<number, string>): void {
  for (const { description, probes } of clauses) {
    const [first] = probes;
    if (first === undefined || !probes.every((probe) => reasons.has(probe))) continue;
    const probe = image.probes.get(first);
    const name = probes.length === 1 && probe ? formatProbeName(probe) : description;
    throw new ImageError(`${name}: ${reasons.get(first)}`);
  }
}

const fits = (value: number, bits: number): boolean => value === Number(BigInt.asIntN(bits, BigInt(value)));

function checkInstruction({ offset, imm }: Instruction): void {
  if (fits(offset, 16) && (typeof imm === 'bigint' || fits(imm, 32) || imm === imm >>> 0)) return;
  throw new ImageError('on this kernel, a member is farther away than the instructions of the image reach');
}

function resolvedOptions(settings: readonly OptionSetting[]): RunOptions {
  try {
    return runOptions(settings);
  } catch (error) {
    if (error instanceof OptionError) throw new ImageError(error.message);
    throw error;
  }
}

/** What programs are made by. */
const settled = ({ compile, functionMeans }: RunOptions): string =>
  JSON.stringify({ compile, functionMeans });

/** Options that programs are compiled with cannot be others now. */
function optionsOf({ settings }: ImageFile, more: readonly OptionSetting[]): RunOptions {
  const before = settled(resolvedOptions(settings));
  const other = more.find((setting) => settled(resolvedOptions([...settings, setting])) !== before);
  if (other !== undefined) throw new ImageError(`option ${other[0]} was settled when the image was compiled`);
  return resolvedOptions([...settings, ...more]);
}

/** Throws an `ImageError` where the image cannot run on this machine. */
export function fitImage(file: ImageFile, host: Host, request: OpenRequest = {}): OpenedImage {
  checkMachine(file, host);
  const options = optionsOf(file, request.options ?? []);
  if (file.destructive && !options.destructive) throw new ImageError('Destructive actions not allowed');
  const { kept, reasons } = keepPresent(file, host);
  checkClauses(file, reasons);

  const { relocations } = file;
  const machine = { host, macros: macroValues(host, [], { target: request.target }).named };
  const codes = kept.map(({ index }) => relocations.code[index] ?? []);
  // What only records tell of, as names of enumerators do, may be unknown here.
  const needed = new Set(codes.flat().flatMap(({ terms }) => terms.map(({ quantity }) => quantity)));
  const real = realValues(relocations, machine, (index) => !needed.has(index));
  const grown = real.map((value, index) => value - relocations.quantities[index]!.value);
  const data = mapNumbers(dataOf(file.image), relocated(relocations.data, grown));
  const code = kept.map(({ program }, i) => mapNumbers(program.instructions, relocated(codes[i]!, grown)));
  for (const instruction of code.flat()) checkInstruction(instruction);
  const programs = kept.map(({ program, index }) => ({ ...data.programs[index]!, sites: program.sites }));
  host.saveFacts();
  return {
    program: {
      image: joined({ ...data, programs }, code),
      options,
      target: request.target ?? 0,
      diagnostics: [],
      resized: undefined,
    },
    source: file.source,
    clauses: file.clauses,
    asksForTarget: relocations.quantities.some(
      ({ quantity }) => quantity.kind === 'macro' && quantity.name === 'target',
    ),
    moved: relocations.quantities.flatMap(({ quantity, real: was }, index) => {
      const is = real[index]!;
      return was === is ? [] : [{ quantity, was, is }];
    }),
    leftOut: [...reasons].map(([id, reason]) => {
      const probe = file.image.probes.get(id);
      return { probe: probe ? formatProbeName(probe) : String(id), reason };
    }),
  };
}
