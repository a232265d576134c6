import { spawnSync } from 'node:child_process';

/** This machine cannot run a guest, for a reason worth a line; not a failure of what was to be tested. */
export class Unavailable extends Error {}

/** Output of a command that must succeed. */
export function output(command, args, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status === 0) return result.stdout;
  const reason = result.error?.message ?? result.stderr.trim().split('\n').at(-1);
  throw new Unavailable(`${command} ${args.find((arg) => !arg.startsWith('-')) ?? ''} failed: ${reason}`);
}

export const runs = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
