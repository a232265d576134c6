import {
  attributes,
  defineProvider,
  functionsOf,
  HOST,
  type Host,
  inject,
  injectable,
  isPattern,
  nameMatcher,
  type Probe,
  type ProbePattern,
  type ProcessModule,
  ProcessProvider,
  type ProcessTarget,
  type ProviderAttributes,
  readingOf,
  type TargetFile,
  type UprobeSite,
  type UserFunction,
} from '@dtrace/core/provider';
import { argumentsFor, conventionOf, isGo, type PidArguments, readsStack } from './arguments.js';
import { FunctionCode, type Places } from './places.js';
import { TypedArguments } from './typed-arguments.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: PRIVATE,
  function: PRIVATE,
  name: EVOLVING,
  args: PRIVATE,
};

const NAME = 'pid';

const HEXADECIMAL = /^(0x)?[0-9a-f]+$/i;
/** In place of a function: names count from the start of the module. */
const NO_FUNCTION = '-';

/** A file that probes are made in. */
interface Place extends TargetFile {
  readonly arguments: PidArguments;
}

/** Functions of processes: their entry, their return, and any instruction by its offset. */
@injectable()
export class PidProvider extends ProcessProvider {
  readonly name = NAME;
  readonly attributes = ATTRIBUTES;
  readonly weight = 900;
  readonly #stackReaders = new WeakMap<ProcessTarget, boolean>();

  constructor(@inject(HOST) host: Host) {
    super(host);
  }

  protected readings(provider: string) {
    return readingOf(NAME, provider);
  }

  protected noName({ function: func, name }: ProbePattern): string {
    return `no probe of ${func} is called ${name} (entry, return, or an instruction's hexadecimal offset)`;
  }

  protected *inFile(file: TargetFile, pattern: ProbePattern): Generator<Probe> {
    const place = { ...file, arguments: argumentsFor(conventionOf(this.host.arch, file.code)) };
    if (pattern.function === NO_FUNCTION) yield* this.#inModule(place, pattern.name);
    else yield* this.#inFunctions(place, pattern);
  }

  *#inFunctions(place: Place, pattern: ProbePattern): Generator<Probe> {
    for (const target of functionsOf(place.code, pattern.function))
      yield* this.#of(place, target, pattern.name);
  }

  *#of(place: Place, target: UserFunction, name: string): Generator<Probe> {
    const code = new FunctionCode(this.host.arch, place.code, target);
    const matches = nameMatcher(name);
    if (matches('entry'))
      yield this.#probe(place, target.name, 'entry', code.entry(), this.#arguments(place, target, 'entry'));
    if (matches('return')) yield this.#return(place, target, code);
    if (HEXADECIMAL.test(name)) {
      const offset = Number.parseInt(name, 16);
      const places = code.instruction(offset);
      if (places !== undefined) yield this.#probe(place, target.name, name, places, place.arguments.offset);
    } else if (isPattern(name)) {
      for (const { address } of code.instructions) {
        const offset = address - target.address;
        const text = offset.toString(16);
        const places = matches(text) ? code.instruction(offset) : undefined;
        if (places !== undefined) yield this.#probe(place, target.name, text, places, place.arguments.offset);
      }
    }
  }

  /**
   * The kernel can be told to stop at a return by way of the return address on the stack: cheap, and every return counts
   * once. Which return it was is known only where each of them is probed; and the address must be there, and be nobody's
   * business.
   */
  #return(place: Place, target: UserFunction, code: FunctionCode): Probe {
    const args = this.#arguments(place, target, 'return');
    const byInstruction = () => this.#probe(place, target.name, 'return', code.returns(), args);
    if (this.#readsStack(place.target) || !place.code.isCalled(target.address)) return byInstruction();
    const probe = this.#probe(place, target.name, 'return', code.entry(), args);
    const site: UprobeSite = { ...(probe.site as UprobeSite), onReturn: true };
    return { ...probe, site, precise: { uses: [0], make: byInstruction } };
  }

  /** Go passes arguments in its own way. */
  #arguments(place: Place, target: UserFunction, at: 'entry' | 'return'): Probe['arguments'] {
    if (isGo(place.code)) return place.arguments[at];
    return new TypedArguments(place.arguments, this.host.arch, place.code, target, at);
  }

  /** Exceptions pass through the functions of all modules. Of every process, some is sure to have them. */
  #readsStack(target: ProcessTarget): boolean {
    let reads = this.#stackReaders.get(target);
    if (reads === undefined) {
      reads =
        target.pid === undefined ||
        target.modules().some((module: ProcessModule) => {
          const file = this.codeOf(module);
          return file !== undefined && readsStack(file);
        });
      this.#stackReaders.set(target, reads);
    }
    return reads;
  }

  *#inModule(place: Place, name: string): Generator<Probe> {
    if (!HEXADECIMAL.test(name)) return;
    const address = Number.parseInt(name, 16);
    const whole = { name: NO_FUNCTION, symbol: '', address, size: 1 };
    const places = new FunctionCode(this.host.arch, place.code, whole).instruction(0);
    if (places !== undefined) yield this.#probe(place, NO_FUNCTION, name, places, place.arguments.offset);
  }

  #probe(
    { target, module }: Place,
    func: string,
    name: string,
    { places, refusal }: Places,
    args: Probe['arguments'],
  ): Probe {
    const site: UprobeSite = {
      kind: 'uprobe',
      path: module.openPath,
      places,
      ...(refusal !== undefined && { refusal }),
      ...(target.pid !== undefined && { pid: target.pid }),
    };
    const names = { provider: `${NAME}${target.suffix}`, module: module.name, function: func, name };
    return { ...names, site, arguments: args, identity: `${module.file} ${places[0]?.offset}` };
  }
}

export default defineProvider({ name: NAME, providers: [PidProvider] });
