import {
  type CodeFile,
  functionAt,
  functionsOf,
  HOST,
  type Host,
  inject,
  injectable,
  type Probe,
  type ProbePattern,
  ProcessProvider,
  probeRefusal,
  readingOf,
  type TargetFile,
  type UserFunction,
} from '@dtrace/core/provider';
import { RIP, USER_ARGUMENTS } from './arguments.js';
import { ATTRIBUTES, NAME, OTHER_MACHINE } from './attributes.js';
import { MOST_CODE, namedInstructions, nameFinder, noInstruction, tooMuchCode } from './names.js';
import { describeProbe, type FunctionProbes, InstructionProbe, symbolText } from './probe.js';

/** Bytes of the functions that a pattern means. */
const sizeOf = (files: readonly CodeFile[], pattern: string): number =>
  files.flatMap((code) => functionsOf(code, pattern)).reduce((sum, { size }) => sum + size, 0);

/** `instr123:module:function:class-offset`: single instructions of processes. */
@injectable()
export class UserInstructionProvider extends ProcessProvider {
  readonly name = NAME;
  readonly attributes = ATTRIBUTES;
  readonly weight = 903;

  constructor(@inject(HOST) host: Host) {
    super(host);
  }

  protected readings(provider: string) {
    return readingOf(NAME, provider);
  }

  unavailable(): string | undefined {
    return this.host.arch === 'x64' ? undefined : OTHER_MACHINE;
  }

  override explain(pattern: ProbePattern): string | undefined {
    return this.unavailable() ?? super.explain(pattern);
  }

  describe(probe: Probe): string | undefined {
    return describeProbe(probe);
  }

  override *probes(pattern: ProbePattern): Generator<Probe> {
    if (this.unavailable() !== undefined) return;
    const files = this.readings(pattern.provider).flatMap(({ suffix }) => [
      ...this.files(suffix, pattern.module),
    ]);
    const codes = files.map(({ code }) => code);
    if (sizeOf(codes, pattern.function) <= MOST_CODE) yield* super.probes(pattern);
  }

  protected noName(pattern: ProbePattern, files: readonly CodeFile[]): string {
    const size = sizeOf(files, pattern.function);
    return size > MOST_CODE ? tooMuchCode(size) : noInstruction(pattern);
  }

  protected *inFile(file: TargetFile, pattern: ProbePattern): Generator<Probe> {
    const find = nameFinder(pattern.name);
    for (const each of functionsOf(file.code, pattern.function)) yield* this.#inFunction(file, each, find);
  }

  *#inFunction(
    file: TargetFile,
    { name, address, size }: UserFunction,
    find: ReturnType<typeof nameFinder>,
  ): Generator<Probe> {
    const { target, module } = file;
    const code = file.code.bytes(address, size);
    const start = file.code.fileOffset(address);
    if (start === undefined) return;
    const refusal = (offset: number) => probeRefusal(this.host.arch, code.subarray(offset));
    const probes: FunctionProbes = {
      provider: `${NAME}${target.suffix}`,
      module: module.name,
      function: name,
      arguments: USER_ARGUMENTS,
      code,
      at(offset) {
        const refused = refusal(offset);
        return {
          path: module.openPath,
          file: module.file,
          offset: start + offset,
          ...(target.pid !== undefined && { pid: target.pid }),
          ...(refused !== undefined && { refusal: refused }),
        };
      },
      origin: () => ({ register: RIP }),
      identity: (offset) => `${module.file} ${start + offset}`,
      symbol: (offset) => symbolText(functionAt(file.code.functions, address + offset)),
    };
    for (const { name: called, offset, length } of namedInstructions(code, find)) {
      // In a process of its own, a breakpoint of the processor may serve where no uprobe can.
      if (target.pid === undefined && refusal(offset) !== undefined) continue;
      yield new InstructionProbe(probes, called, offset, length);
    }
  }
}
