import {
  attributes,
  type CodeFile,
  defineProvider,
  functionAt,
  HOST,
  type Host,
  inject,
  injectable,
  moduleMatcher,
  nameMatcher,
  type Probe,
  type ProbeArguments,
  type ProbePattern,
  type ProcessModule,
  type ProcessTarget,
  type Provider,
  type ProviderAttributes,
  processTargets,
  suggestion,
  targetState,
  type UprobeSite,
} from '@dtrace/core/provider';
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

/** A provider that a program may have, in some processes. */
interface Reading {
  readonly name: string;
  readonly suffix: string;
}

/** `python123`: python in 123; a provider's own name may end in digits. `python*`: every process. */
function readings(provider: string): readonly Reading[] {
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

/** Static probes of programs: places that their authors named. */
@injectable()
export class UsdtProvider implements Provider {
  readonly name = 'usdt';
  readonly attributes = ATTRIBUTES;
  readonly weight = 901;
  readonly matchesItself = true;
  readonly #host: Host;
  readonly #notes = new WeakMap<CodeFile, readonly ProbeNote[]>();
  readonly #arguments = new Map<string, ProbeArguments>();

  constructor(@inject(HOST) host: Host) {
    this.#host = host;
  }

  answers(provider: string): boolean {
    return !provider.startsWith('pid') && readings(provider).length > 0;
  }

  *probes(pattern: ProbePattern): Generator<Probe> {
    for (const reading of readings(pattern.provider)) {
      for (const target of processTargets(this.#host, reading.suffix)) {
        for (const module of target.modules().filter(moduleMatcher(pattern.module))) {
          yield* this.#inModule(target, module, { ...pattern, provider: reading.name });
        }
      }
    }
  }

  state(pattern: ProbePattern): string | undefined {
    return targetState(
      readings(pattern.provider).flatMap(({ suffix }) => processTargets(this.#host, suffix)),
    );
  }

  explain(pattern: ProbePattern): string | undefined {
    const found = readings(pattern.provider).flatMap(({ suffix }) => processTargets(this.#host, suffix));
    const modules = found.flatMap((target) => target.modules());
    const [first] = found;
    if (modules.length === 0)
      return first?.pid === undefined ? undefined : `there is no process ${first.pid}`;
    const notes = modules.flatMap((module) => this.#notesOf(module)?.notes ?? []);
    const providers = new Set(notes.map(({ provider }) => provider));
    const wanted = pattern.provider.replace(/[\d*]+$/, '');
    if (!providers.has(wanted)) {
      return `no program or library there has probes of ${wanted}${suggestion(wanted, providers)}`;
    }
    const names = notes.filter(({ provider }) => provider === wanted).map(({ name }) => scriptName(name));
    return `${wanted} has no probe ${pattern.name}${suggestion(pattern.name, names)}`;
  }

  *#inModule(target: ProcessTarget, module: ProcessModule, pattern: ProbePattern): Generator<Probe> {
    const found = this.#notesOf(module);
    if (found === undefined) return;
    const isProvider = nameMatcher(pattern.provider);
    const isName = nameMatcher(pattern.name);
    const isFunction = nameMatcher(pattern.function);
    for (const note of found.notes) {
      if (!isProvider(note.provider) || !(isName(scriptName(note.name)) || isName(note.name))) continue;
      const func = functionAt(found.code.functions, note.address)?.name ?? '';
      if (isFunction(func)) yield* this.#probe(target, module, found.code, note, func);
    }
  }

  *#probe(
    target: ProcessTarget,
    module: ProcessModule,
    code: CodeFile,
    note: ProbeNote,
    func: string,
  ): Generator<Probe> {
    const offset = code.fileOffset(note.address);
    if (offset === undefined) return;
    const counter = note.semaphore === 0 ? undefined : code.fileOffset(note.semaphore);
    const site: UprobeSite = {
      kind: 'uprobe',
      path: module.openPath,
      places: [{ offset, ...(counter !== undefined && { counter }) }],
      ...(target.pid !== undefined && { pid: target.pid }),
    };
    yield {
      provider: `${note.provider}${target.suffix}`,
      module: module.name,
      function: func,
      name: scriptName(note.name),
      site,
      arguments: this.#argumentsOf(note),
      identity: `${module.file} ${offset}`,
    };
  }

  /** One object for each way that arguments are passed: probes that share it can share a program. */
  #argumentsOf({ operands }: ProbeNote): ProbeArguments {
    let found = this.#arguments.get(operands);
    if (found === undefined) {
      found = { args: noteArguments(operands, this.#host.arch) };
      this.#arguments.set(operands, found);
    }
    return found;
  }

  #notesOf(
    module: ProcessModule,
  ): { readonly code: CodeFile; readonly notes: readonly ProbeNote[] } | undefined {
    const code = this.#host.codeFile(module.openPath, module.path);
    if (code === undefined) return undefined;
    let notes = this.#notes.get(code);
    if (notes === undefined) {
      notes = probeNotes(code);
      this.#notes.set(code, notes);
    }
    return { code, notes };
  }
}

export default defineProvider({ name: 'usdt', providers: [UsdtProvider] });
