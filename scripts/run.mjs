// Small helpers shared by the scripts.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const bin = (name) => join(root, 'node_modules', '.bin', name);

/**
 * Runs a command to its end, or to the end of its time. With `quiet`, its output is returned instead of shown.
 */
export function run(command, args, { quiet = false, env = {}, cwd = root, seconds } = {}) {
  return new Promise((resolve) => {
    const stdio = quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'];
    const timeout = seconds === undefined ? {} : { timeout: seconds * 1000, killSignal: 'SIGKILL' };
    const child = spawn(command, args, { cwd, stdio, env: { ...process.env, ...env }, ...timeout });
    let output = '';
    child.stdout?.on('data', (text) => {
      output += text;
    });
    child.stderr?.on('data', (text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ code: code ?? `signal ${signal}`, output }));
  });
}

export const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

/** Newest modification among the files of a folder (not of its subfolders). */
export function newestIn(folder) {
  return Math.max(0, ...readdirSync(folder).map((name) => modified(join(folder, name))));
}
