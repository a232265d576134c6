import { bytesOfText } from '../language/text-bytes.js';

/** Arguments of a process are texts here: a command with other bytes is put together by the shell. */
function shellText(command: string): string {
  if (!/[\udc80-\udcff]/.test(command)) return command;
  const octal = Array.from(bytesOfText(command), (byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `eval "$(printf '${octal.join('')}')"`;
}

/** system(): by the shell, on this process's standard files. */
export const runInShell = (command: string): void => {
  // Loaded by the first system(): most scripts have none, and loading takes as long as compiling one.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  spawnSync('/bin/sh', ['-c', shellText(command)], { stdio: 'inherit' });
};
