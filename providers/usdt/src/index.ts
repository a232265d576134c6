import {
  attributes,
  type CodeFile,
  defineProvider,
  functionAt,
  HOST,
  type Host,
  inject,
  injectable,
  nameMatcher,
  type Probe,
  type ProbeArgument,
  type ProbeArguments,
  type ProbePattern,
  ProcessProvider,
  type ProviderAttributes,
  type ProviderReading,
  suggestion,
  type TargetFile,
  type UprobeSite,
} from '@dtrace/core/provider';
import { type CarriedProvider, carriedProviders, declaredArguments } from './carried.js';
import { type ProbeNote, probeNotes } from './notes.js';
import { noteArguments } from './operands.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: PRIVATE,
  function: PRIVATE,
  name: EVOLVING,
  args: EVOLVING,
};

/** Names that other providers of processes have. */
const TAKEN = /^(pid|instr)(\d+|\*)$/;

/** `python123`: python in 123; a provider's own name may end in digits. `python*`: every process. */
function readings(provider: string): readonly ProviderReading[] {
  if (TAKEN.test(provider)) return [];
  if (/^[A-Za-z_]\w*\*$/.test(provider)) return [{ name: provider, suffix: '*' }];
  const digits = /^[A-Za-z_]\w*?(\d+)$/.exec(provider)?.[1];
  if (digits === undefined) return [];
  const start = provider.length - digits.length;
  return Array.from(digits, (_, i) => ({
    name: provider.slice(0, start + i),
    suffix: provider.slice(start + i),
  }));
}

/** In C, names are written with `__` where scripts have `-`. */
const scriptName = (name: string): string => name.replaceAll('__', '-');

/** What a file says of the probes in it. */
interface Noted {
  readonly notes: readonly ProbeNote[];
  readonly carried: ReadonlyMap<string, CarriedProvider>;
  /** Of variables that operands name, as they are looked for. */
  readonly addresses: Map<string, number | undefined>;
}

/** Static probes of programs: places that their authors named. */
@injectable()
export class UsdtProvider extends ProcessProvider {
  readonly name = 'usdt';
  readonly attributes = ATTRIBUTES;
  readonly weight = 901;
  readonly #notes = new WeakMap<CodeFile, Noted>();
  /** By declarations, then by what they make of operands. */
  readonly #arguments = new Map<string, Map<string, ProbeArguments>>();

  constructor(@inject(HOST) host: Host) {
    super(host);
  }

  protected readings(provider: string) {
    return readings(provider);
  }

  /** What a provider lacks is said of all files together: any library of a process may have its probes. */
  override explain(pattern: ProbePattern): string | undefined {
    const found = this.targets(pattern);
    const modules = found.flatMap((target) => target.modules());
    const [first] = found;
    if (modules.length === 0)
      return first?.pid === undefined ? undefined : `there is no process ${first.pid}`;
    return this.noName(
      pattern,
      modules.flatMap((module) => this.codeOf(module) ?? []),
    );
  }

  protected noName(pattern: ProbePattern, files: readonly CodeFile[]): string {
    const notes = files.flatMap((code) => this.#notesOf(code).notes);
    const providers = new Set(notes.map(({ provider }) => provider));
    const wanted = pattern.provider.replace(/[\d*]+$/, '');
    if (!providers.has(wanted))
      return `no program or library there has probes of ${wanted}${suggestion(wanted, providers)}`;
    const names = notes.filter(({ provider }) => provider === wanted).map(({ name }) => scriptName(name));
    return `${wanted} has no probe ${pattern.name}${suggestion(pattern.name, names)}`;
  }

  protected *inFile(file: TargetFile, pattern: ProbePattern): Generator<Probe> {
    const isProvider = nameMatcher(pattern.provider);
    const isName = nameMatcher(pattern.name);
    const isFunction = nameMatcher(pattern.function);
    for (const note of this.#notesOf(file.code).notes) {
      if (!isProvider(note.provider) || !(isName(scriptName(note.name)) || isName(note.name))) continue;
      const func = functionAt(file.code.functions, note.address)?.name ?? '';
      if (isFunction(func)) yield* this.#probe(file, note, func);
    }
  }

  *#probe({ target, module, code }: TargetFile, note: ProbeNote, func: string): Generator<Probe> {
    const offset = code.fileOffset(note.address);
    if (offset === undefined) return;
    const noted = this.#notesOf(code);
    const carried = noted.carried.get(note.provider);
    const { addresses } = noted;
    const counter = note.semaphore === 0 ? undefined : code.fileOffset(note.semaphore);
    const { args, facts } = noteArguments(note.operands, this.host.arch, (variable) => {
      if (!addresses.has(variable)) addresses.set(variable, code.objectAddress(variable));
      const address = addresses.get(variable);
      return address === undefined ? undefined : address - note.address;
    });
    const site: UprobeSite = {
      kind: 'uprobe',
      path: module.openPath,
      places: [{ offset, ...(counter !== undefined && { counter }) }],
      ...(target.pid !== undefined && { pid: target.pid }),
      ...(facts.length > 0 && { facts }),
    };
    yield {
      provider: `${note.provider}${target.suffix}`,
      module: module.name,
      function: func,
      name: scriptName(note.name),
      site,
      arguments: this.#argumentsOf(note.name, args, carried),
      ...(carried?.promises && { promises: carried.promises }),
      identity: `${module.file} ${offset}`,
    };
  }

  /** One object for each way that arguments are passed: probes that share it can share a program. */
  #argumentsOf(
    name: string,
    noted: readonly ProbeArgument[],
    carried: CarriedProvider | undefined,
  ): ProbeArguments {
    const declared = carried?.probes.get(name);
    const typed = declared && declaredArguments(declared, noted);
    const found: ProbeArguments =
      typed && carried ? { args: typed, declarations: carried.text } : { args: noted };
    const key = carried?.text ?? '';
    const alike = this.#arguments.get(key) ?? new Map<string, ProbeArguments>();
    this.#arguments.set(key, alike);
    const args = JSON.stringify(found.args);
    const known = alike.get(args) ?? found;
    alike.set(args, known);
    return known;
  }

  #notesOf(code: CodeFile): Noted {
    let noted = this.#notes.get(code);
    if (noted === undefined) {
      noted = { notes: probeNotes(code), carried: carriedProviders(code, this.host), addresses: new Map() };
      this.#notes.set(code, noted);
    }
    return noted;
  }
}

export default defineProvider({ name: 'usdt', providers: [UsdtProvider] });
