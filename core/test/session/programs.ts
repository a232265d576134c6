/** Programs to trace: built from C by the test, and holding still until they are told to go on. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CompileRequest, type Target, TextOutput } from '../../src/index.js';
import { processes as engine } from './live-processes.js';

export { engine };

/** Writes `READY` and a line, and waits for one. In every program built here. */
export const PRELUDE = `
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

const COMPILERS = { c: 'cc', cc: 'c++' } as const;

export const hasCompiler = (language: keyof typeof COMPILERS): boolean =>
  spawnSync(COMPILERS[language], ['--version'], { stdio: 'ignore' }).status === 0;

/** Compiles; gives the path of what came of it. */
export function build(
  name: string,
  source: string,
  flags: readonly string[] = [],
  into = folder(),
  language: keyof typeof COMPILERS = 'c',
): string {
  const [file, output] = [join(into, `${name.replace(/\W/g, '_')}.${language}`), join(into, name)];
  writeFileSync(file, PRELUDE + source);
  const args = ['-O1', '-g0', '-w', '-fno-builtin', file, '-o', output, ...flags];
  execFileSync(COMPILERS[language], args, { stdio: 'pipe' });
  return output;
}

export interface Running {
  readonly pid: number;
  /** Lets it go on from one `ready()` to the next. */
  next(): Promise<void>;
  /** Lets it go on from `ready()`; gives all it wrote, when it has ended. */
  go(): Promise<string>;
}

const READY = 'ready\n';

/** Starts a program; it has reached its first `ready()` when this resolves. */
export async function start(path: string, args: readonly string[] = [], env = {}): Promise<Running> {
  const child = spawn(path, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(text)));
  const isReady = () =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!text.endsWith(READY)) return;
        child.stdout.off('data', look);
        text = text.slice(0, -READY.length);
        resolve();
      };
      child.once('error', reject);
      child.once('close', () => reject(new Error(`${path} ended early: ${text}`)));
      child.stdout.on('data', look);
    });
  child.stdout.on('data', (part) => {
    text += part;
  });
  await isReady();
  return {
    pid: child.pid as number,
    next() {
      const ready = isReady();
      child.stdin.write('g');
      return ready;
    },
    go() {
      child.stdin.write('g');
      return ended;
    },
  };
}

interface Traced {
  readonly text: string;
  readonly leftOut: readonly string[];
}

/** What a session is asked while it runs. */
export interface Tracing {
  /** Waits until probes of a function have appeared since tracing began. */
  appeared(name: string): Promise<void>;
}

type Options = NonNullable<CompileRequest['options']>;

function open(script: string, request: CompileRequest, target?: Target) {
  const program = engine.compile(script, {
    ...request,
    options: [['quiet', undefined], ...(request.options ?? [])],
  });
  const printed = { text: '', leftOut: [] as string[] };
  const write = (part: string) => {
    printed.text += part;
  };
  const output = new TextOutput({ write }, () => {}, program.options.consumer);
  const session = engine.session(program, { output, target });
  session.on('leftOut', ({ probe, reason }) => printed.leftOut.push(`${probe}: ${reason}`));
  return { session, printed };
}

/** Traces while `work` is done; gives what was printed and what was left out. */
export async function traced(
  script: string,
  work: (tracing: Tracing) => Promise<unknown>,
  request: CompileRequest = {},
): Promise<Traced> {
  const { session, printed } = open(script, request);
  const known = new Set<string>();
  const waiting = new Map<string, () => void>();
  session.on('extended', (probes) => {
    for (const probe of probes) {
      known.add(probe.function);
      waiting.get(probe.function)?.();
    }
  });
  const appeared = (name: string) =>
    new Promise<void>((resolve) => {
      if (known.has(name)) resolve();
      else waiting.set(name, resolve);
    });
  await session.start();
  try {
    await work({ appeared });
  } finally {
    await session.stop();
  }
  return printed;
}

/** Traces a command from its start to its end. */
export async function tracedCommand(
  command: readonly string[],
  script: string,
  options: Options = [],
): Promise<Traced> {
  const target = engine.openTarget({ command });
  const prepareTarget = target.prepare.bind(target);
  const { session, printed } = open(script, { target: target.pid, prepareTarget, options }, target);
  await session.run();
  return printed;
}
