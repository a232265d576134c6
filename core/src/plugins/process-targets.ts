/** Names of providers that stand for processes: `pid123`, `pid*`, `pid/usr/bin/x`. */
import { basename } from 'node:path';
import type { Host } from '../host/host.js';
import type { ProcessModule } from '../host/processes.js';
import { isPattern, nameMatcher } from '../probes/glob.js';

/** What a provider name stands for: some modules, in one process or in all. */
export interface ProcessTarget {
  /** What follows the provider's own name: `123`, `*`, a path. */
  readonly suffix: string;
  /** undefined: every process, also those to come. */
  readonly pid?: number;
  modules(): readonly ProcessModule[];
  /** They will always be the same. */
  readonly fixed?: true;
}

const NUMBER = /^\d+$/;
const EVERY = '*';

function one(host: Host, pid: number): ProcessTarget {
  return { suffix: String(pid), pid, modules: () => host.processes.modules(pid) };
}

/** One file is one module, in however many processes. */
function everyProcess(host: Host): ProcessTarget {
  return {
    suffix: EVERY,
    modules() {
      const modules = new Map<string, ProcessModule>();
      for (const pid of host.processes.ids()) {
        for (const module of host.processes.modules(pid)) {
          if (!modules.has(module.file)) modules.set(module.file, module);
        }
      }
      return [...modules.values()];
    },
  };
}

function file(path: string): ProcessTarget {
  const module = { name: basename(path), path, openPath: path, file: path, program: true };
  return { suffix: path, modules: () => [module], fixed: true };
}

/**
 * The processes that the end of a provider's name stands for: a number; `*`, every process, also those to come; another
 * pattern, those that run; a path, every process by the file.
 */
export function processTargets(host: Host, suffix: string): readonly ProcessTarget[] {
  if (suffix === EVERY) return [everyProcess(host)];
  if (suffix.startsWith('/')) return [file(suffix)];
  if (NUMBER.test(suffix)) return [one(host, Number(suffix))];
  if (!isPattern(suffix)) return [];
  const matches = nameMatcher(suffix);
  return host.processes
    .ids()
    .filter((pid) => matches(String(pid)))
    .map((pid) => one(host, pid));
}

/** A text that changes when targets come to consist of other files; undefined when they never will. */
export function targetState(targets: readonly ProcessTarget[]): string | undefined {
  if (targets.every(({ fixed }) => fixed)) return undefined;
  const files = (target: ProcessTarget) => target.modules().map((module) => module.file);
  return targets.map((target) => `${target.suffix} ${files(target).sort().join(' ')}`).join('\n');
}
