/** The processes of -c and -p, as the one target that a session knows. */
import type { Target, TargetSpec } from '@dtrace/core';
import type { Invocation } from './invocation.js';
import { CommandError } from './report.js';
import { reasonOf } from './system-error.js';
import { words } from './words.js';

/** $target is the first; the session ends when the last has ended. */
function together(targets: readonly Target[]): Target | undefined {
  const [first] = targets;
  if (first === undefined || targets.length === 1) return first;
  return {
    pid: first.pid,
    get mayStop() {
      return first.mayStop;
    },
    prepare(time) {
      for (const target of targets) target.prepare(time);
    },
    release() {
      for (const target of targets) target.release();
    },
    onExit(callback) {
      let left = targets.length;
      for (const target of targets) {
        target.onExit((status) => {
          left--;
          if (left === 0) callback(status);
        });
      }
    },
    close() {
      for (const target of targets) target.close();
    },
  };
}

/** Commands are held before their first instruction. Throws when one cannot be had; then none is left behind. */
export function openTargets(
  openTarget: (spec: TargetSpec) => Target,
  { commands, pids }: Invocation,
): Target | undefined {
  const opened: Target[] = [];
  const open = (what: string, spec: TargetSpec) => {
    try {
      opened.push(openTarget(spec));
    } catch (error) {
      for (const target of opened) target.close();
      throw new CommandError(`failed to ${what}: ${reasonOf(error)}`);
    }
  };
  for (const command of commands) {
    const argv = words(command);
    open(`execute ${argv[0]}`, { command: argv });
  }
  for (const pid of pids) open(`grab pid ${pid}`, { pid });
  return together(opened);
}
