/** Programs to trace: built from C by the test, and holding still until they are told to go on. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CompileRequest, TextOutput } from '../../../core/src/index.js';
import { processes as engine } from '../../../core/test/session/live-processes.js';

export { engine };

/** Writes `READY` and a line, and waits for one. In every program built here. */
const PRELUDE = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void ready(void) { char c; if (write(1, "ready\\n", 6) != 6 || read(0, &c, 1) != 1) _exit(3); }
`;

/** A folder that goes with the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dtrace-pid-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Compiles; gives the path of what came of it. */
export function build(name: string, source: string, flags: readonly string[] = [], into = folder()): string {
  const [file, output] = [join(into, `${name.replace(/\W/g, '_')}.c`), join(into, name)];
  writeFileSync(file, PRELUDE + source);
  execFileSync('cc', ['-O1', '-g0', '-w', '-fno-builtin', file, '-o', output, ...flags], { stdio: 'pipe' });
  return output;
}

export interface Running {
  readonly pid: number;
  /** Lets it go on from `ready()`; gives all it wrote, when it has ended. */
  go(): Promise<string>;
}

/** Starts a program; it has reached its first `ready()` when this resolves. */
export async function start(path: string, args: readonly string[] = [], env = {}): Promise<Running> {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(text)));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.on('data', (part) => {
      text += part;
      if (text.includes('ready\n')) resolve();
    });
    child.once('close', () => reject(new Error(`${path} ended early: ${text}`)));
  });
  return {
    pid: child.pid as number,
    go() {
      child.stdin.write('g');
      return ended.then((all) => all.replace('ready\n', ''));
    },
  };
}

/** Traces while `work` is done; gives what was printed and what was complained about. */
export async function traced(
  script: string,
  work: () => Promise<unknown>,
  request: CompileRequest = {},
): Promise<{ readonly text: string; readonly leftOut: readonly string[] }> {
  const program = engine.compile(script, {
    ...request,
    options: [['quiet', undefined], ...(request.options ?? [])],
  });
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const output = new TextOutput({ write }, () => {}, program.options.consumer);
  const session = engine.session(program, { output });
  const leftOut: string[] = [];
  session.on('leftOut', ({ probe, reason }) => leftOut.push(`${probe}: ${reason}`));
  await session.start();
  try {
    await work();
  } finally {
    await session.stop();
  }
  return { text, leftOut };
}
