import { basename } from 'node:path';
import { type Host, isPattern, nameMatcher, type ProcessModule } from '@dtrace/core/provider';

/** What a provider name stands for: some modules, in one process or in all. */
export interface Target {
  /** The name its probes have. */
  readonly provider: string;
  /** undefined: every process, also those to come. */
  readonly pid?: number;
  modules(): readonly ProcessModule[];
  /** They will always be the same. */
  readonly fixed?: true;
}

const PREFIX = 'pid';
const NUMBER = /^\d+$/;
const EVERY = 'pid*';

export const answers = (provider: string): boolean => /^pid[\d*?[/]/.test(provider);

function process(host: Host, pid: number): Target {
  return { provider: `${PREFIX}${pid}`, pid, modules: () => host.processes.modules(pid) };
}

/** One file is one module, in however many processes. */
function everyProcess(host: Host): Target {
  return {
    provider: EVERY,
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

function file(path: string): Target {
  const module = { name: basename(path), path, openPath: path, file: path, program: true };
  return { provider: `${PREFIX}${path}`, modules: () => [module], fixed: true };
}

/** `pid123`; `pid*`: every process; `pid12?`: those that run; `pid/usr/bin/x`: every process, by the file. */
export function targetsOf(host: Host, provider: string): readonly Target[] {
  if (provider === EVERY) return [everyProcess(host)];
  const rest = provider.slice(PREFIX.length);
  if (rest.startsWith('/')) return [file(rest)];
  if (NUMBER.test(rest)) return [process(host, Number(rest))];
  if (!isPattern(rest)) return [];
  const matches = nameMatcher(rest);
  return host.processes
    .ids()
    .filter((pid) => matches(String(pid)))
    .map((pid) => process(host, pid));
}
