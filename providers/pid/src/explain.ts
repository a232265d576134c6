import {
  type Host,
  moduleMatcher,
  moduleNames,
  type ProbePattern,
  type ProcessModule,
  type ProcessTarget,
  suggestion,
} from '@dtrace/core/provider';
import { functionNames, functionsOf } from './functions.js';

function noTarget(host: Host, { pid, suffix }: ProcessTarget): string | undefined {
  if (pid !== undefined && !host.processes.exists(pid)) return `there is no process ${pid}`;
  if (suffix.startsWith('/') && host.codeFile(suffix) === undefined)
    return `${suffix} is no program or library`;
  return undefined;
}

/** Which part of a description matches nothing. */
export function explain(
  host: Host,
  targets: readonly ProcessTarget[],
  pattern: ProbePattern,
): string | undefined {
  const [only] = targets;
  if (only === undefined) return 'there is no such process';
  if (targets.length > 1) return undefined;
  const missing = noTarget(host, only);
  if (missing !== undefined) return missing;
  const all = only.modules();
  if (all.length === 0) return `process ${only.pid} has no code of its own that could be probed`;
  const modules = all.filter(moduleMatcher(pattern.module));
  if (modules.length === 0) {
    const which = `there is no module ${pattern.module}`;
    return `${which}${suggestion(pattern.module, moduleNames(all))}`;
  }
  return noFunction(host, modules, pattern);
}

function noFunction(host: Host, modules: readonly ProcessModule[], pattern: ProbePattern): string {
  const files = modules.flatMap(({ openPath, path }) => host.codeFile(openPath, path) ?? []);
  const where = modules.length === 1 ? modules[0]?.name : `${modules.length} modules`;
  if (files.some((code) => functionsOf(code, pattern.function).length > 0)) {
    return `no probe of ${pattern.function} is called ${pattern.name} (entry, return, or an instruction's hexadecimal offset)`;
  }
  const known = files.flatMap(functionNames);
  if (known.length === 0) return `${where} tells no names of its functions (it was stripped)`;
  return `${where} has no function ${pattern.function}${suggestion(pattern.function, known)}`;
}
