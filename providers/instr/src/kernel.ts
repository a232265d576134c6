import {
  HOST,
  type Host,
  inject,
  injectable,
  NO_KPROBES,
  type Probe,
  type ProbePattern,
  type Provider,
  suggestion,
} from '@dtrace/core/provider';
import { KERNEL_ARGUMENTS } from './arguments.js';
import { ATTRIBUTES, NAME, OTHER_MACHINE } from './attributes.js';
import { type KernelFunction, KernelFunctions } from './kernel-functions.js';
import {
  MOST_CODE,
  namedInstructions,
  nameFinder,
  noInstruction,
  tooMuchCode,
  withoutPadding,
} from './names.js';
import { describeProbe, type FunctionProbes, InstructionProbe, symbolText } from './probe.js';

const HIDDEN = 'the kernel does not tell addresses (it takes CAP_SYSLOG, and kernel.kptr_restrict below 2)';
const UNREADABLE = 'its code cannot be read (it takes CAP_BPF and CAP_PERFMON)';

/** `int3`, which stands behind returns and is not executed: kprobes are kept from it. */
const BREAKPOINT = 0xcc;

const totalSize = (functions: readonly KernelFunction[]): number =>
  functions.reduce((sum, { size }) => sum + size, 0);

/** `instr:vmlinux:function:class-offset`: single instructions of the kernel and its modules. */
@injectable()
export class KernelInstructionProvider implements Provider {
  readonly name = NAME;
  readonly attributes = ATTRIBUTES;
  readonly weight = 902;
  readonly matchesItself = true;
  readonly #host: Host;
  readonly #functions: KernelFunctions;

  constructor(@inject(HOST) host: Host) {
    this.#host = host;
    this.#functions = new KernelFunctions(host);
  }

  /** There are millions: they are listed for who names them. */
  answers(provider: string): boolean {
    return provider === NAME;
  }

  unavailable(): string | undefined {
    if (this.#host.arch !== 'x64') return OTHER_MACHINE;
    if (!this.#host.has('kprobe')) return NO_KPROBES;
    return this.#host.kernelSymbols.addresses ? undefined : HIDDEN;
  }

  describe(probe: Probe): string | undefined {
    return describeProbe(probe);
  }

  explain(pattern: ProbePattern): string | undefined {
    const unavailable = this.unavailable();
    if (unavailable !== undefined) return unavailable;
    const found = this.#functions.find(pattern);
    if (found.length === 0) return this.#noFunction(pattern);
    const size = totalSize(found);
    if (size > MOST_CODE) return tooMuchCode(size);
    const [first] = found;
    return first !== undefined && this.#read([first])[0] === undefined ? UNREADABLE : noInstruction(pattern);
  }

  *probes(pattern: ProbePattern): Generator<Probe> {
    if (!this.answers(pattern.provider) || this.unavailable() !== undefined) return;
    const found = this.#functions.find(pattern);
    if (totalSize(found) > MOST_CODE) return;
    const find = nameFinder(pattern.name);
    for (const [i, code] of this.#read(found).entries())
      if (code !== undefined) yield* inFunction(this.#host, found[i]!, withoutPadding(code), find);
  }

  #read(functions: readonly KernelFunction[]): readonly (Buffer | undefined)[] {
    return this.#host.kernelMemory(functions.map(({ address, size }) => ({ address, length: size })));
  }

  #noFunction({ module, function: func }: ProbePattern): string {
    const names = this.#functions.names();
    if (this.#host.kernelSymbols.find(func) !== undefined && !names.has(func))
      return `${func} must not be probed: the kernel needs it for probing itself, or keeps its tracers from it`;
    const where = module === '' || module === '*' ? 'the kernel' : module;
    return `${where} has no function ${func}${suggestion(func, names)}`;
  }
}

function* inFunction(
  { kernelSymbols }: Host,
  { module, name, address }: KernelFunction,
  code: Buffer,
  find: ReturnType<typeof nameFinder>,
): Generator<Probe> {
  const probes: FunctionProbes = {
    provider: NAME,
    module,
    function: name,
    arguments: KERNEL_ARGUMENTS,
    code,
    at: (offset) => ({ address: address + BigInt(offset) }),
    origin: (offset) => ({ address: address + BigInt(offset) }),
    identity: (offset) => (address + BigInt(offset)).toString(16),
    symbol: (offset) => symbolText(kernelSymbols.at(address + BigInt(offset))),
  };
  for (const { name: called, offset, length } of namedInstructions(code, find))
    if (code[offset] !== BREAKPOINT) yield new InstructionProbe(probes, called, offset, length);
}
