/** What providers of processes have in common: which files they look into, and when those become others. */
import type { CodeFile } from '../host/elf/code-file.js';
import type { Host } from '../host/host.js';
import type { ProcessModule } from '../host/processes.js';
import type { Probe } from '../probes/probe.js';
import type { ProbePattern, Provider, ProviderAttributes } from '../probes/provider.js';
import { suggestion } from '../probes/why-none.js';
import { moduleMatcher, moduleNames } from './module-names.js';
import { type ProcessTarget, processTargets, targetState } from './process-targets.js';
import { functionNames, functionsOf } from './user-functions.js';

/** What a provider's name in a description may mean: a provider, in some processes. */
export interface ProviderReading {
  readonly name: string;
  /** `123`, `*`, a path. */
  readonly suffix: string;
}

/** A file of code that a target has, and that a description means. */
export interface TargetFile {
  readonly target: ProcessTarget;
  readonly module: ProcessModule;
  readonly code: CodeFile;
}

const PROCESS = /^[\d*?[/]/;

/** `pid123`, `pid*`, `pid/usr/bin/x`: one name with nothing but processes behind it. */
export function readingOf(name: string, provider: string): readonly ProviderReading[] {
  const suffix = provider.slice(name.length);
  return provider.startsWith(name) && PROCESS.test(suffix) ? [{ name, suffix }] : [];
}

/** Probes in the code of processes. Their names are taken as asked for: `a.out` is any program, `libc` is libc.so.6. */
export abstract class ProcessProvider implements Provider {
  abstract readonly name: string;
  abstract readonly attributes: ProviderAttributes;
  abstract readonly weight: number;
  readonly matchesItself = true;

  constructor(protected readonly host: Host) {}

  protected abstract readings(provider: string): readonly ProviderReading[];
  /** `pattern.provider` is the reading's name. */
  protected abstract inFile(file: TargetFile, pattern: ProbePattern): Iterable<Probe>;
  /** Why files that have the function, or some that match, have no probe of that name. */
  protected abstract noName(pattern: ProbePattern, files: readonly CodeFile[]): string;

  answers(provider: string): boolean {
    return this.readings(provider).length > 0;
  }

  *probes(pattern: ProbePattern): Generator<Probe> {
    for (const { name, suffix } of this.readings(pattern.provider)) {
      for (const file of this.files(suffix, pattern.module))
        yield* this.inFile(file, { ...pattern, provider: name });
    }
  }

  /** Those of some processes, with names that match. */
  protected *files(suffix: string, module: string): Generator<TargetFile> {
    for (const target of processTargets(this.host, suffix)) {
      for (const each of target.modules().filter(moduleMatcher(module))) {
        const code = this.codeOf(each);
        if (code !== undefined) yield { target, module: each, code };
      }
    }
  }

  /** Which files each target consists of. */
  state(pattern: ProbePattern): string | undefined {
    return targetState(this.targets(pattern));
  }

  /** Which part of a description matches nothing. */
  explain(pattern: ProbePattern): string | undefined {
    const targets = this.targets(pattern);
    const [only] = targets;
    if (only === undefined) return 'there is no such process';
    if (targets.length > 1) return `none of these ${targets.length} processes has such a probe`;
    const missing = this.noTarget(only);
    if (missing !== undefined) return missing;
    const all = only.modules();
    if (all.length === 0) return `process ${only.pid} has no code of its own that could be probed`;
    const modules = all.filter(moduleMatcher(pattern.module));
    if (modules.length > 0) return this.noFunction(modules, pattern);
    return `there is no module ${pattern.module}${suggestion(pattern.module, moduleNames(all))}`;
  }

  protected targets({ provider }: ProbePattern): readonly ProcessTarget[] {
    return this.readings(provider).flatMap(({ suffix }) => processTargets(this.host, suffix));
  }

  protected codeOf({ openPath, path }: ProcessModule): CodeFile | undefined {
    return this.host.codeFile(openPath, path);
  }

  private noTarget({ pid, suffix }: ProcessTarget): string | undefined {
    if (pid !== undefined && !this.host.processes.exists(pid)) return `there is no process ${pid}`;
    if (suffix.startsWith('/') && this.host.codeFile(suffix) === undefined)
      return `${suffix} is no program or library`;
    return undefined;
  }

  private noFunction(modules: readonly ProcessModule[], pattern: ProbePattern): string {
    const files = modules.flatMap((module) => this.codeOf(module) ?? []);
    const having = files.filter((code) => functionsOf(code, pattern.function).length > 0);
    if (having.length > 0) return this.noName(pattern, having);
    const where = modules.length === 1 ? modules[0]?.name : `${modules.length} modules`;
    const known = files.flatMap(functionNames);
    if (known.length === 0) return `${where} tells no names of its functions (it was stripped)`;
    return `${where} has no function ${pattern.function}${suggestion(pattern.function, known)}`;
  }
}
