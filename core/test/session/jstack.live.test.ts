import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventValue } from '../../src/index.js';
import { engine } from './live.js';

type Stack = Extract<EventValue, { readonly frames: unknown }>;

/** The names of the first stack that has them all, innermost first. */
async function stackWith(pid: number, names: readonly string[]): Promise<readonly string[]> {
  const compiled = engine.compile('profile-97 /pid == $target/ { jstack(60); }', {
    target: pid,
    options: [['quiet', undefined]],
  });
  const session = engine.session(compiled, { target: engine.openTarget({ pid }) });
  const records = session.records();
  await session.start();
  try {
    for await (const { actions } of records) {
      const texts = (actions[0]!.values[0] as Stack).frames.map(({ text }) => text);
      if (names.every((name) => texts.some((text) => text.includes(name)))) return texts;
    }
  } finally {
    await session.stop();
  }
  throw new Error('the session ended before there was such a stack');
}

/** A folder that goes with the test. */
function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-jstack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function start(command: string, args: readonly string[]): number {
  const child = spawn(command, args, { stdio: 'ignore', cwd: scratch() });
  onTestFinished(() => void child.kill('SIGKILL'));
  onTestFinished(() => rmSync(`/tmp/perf-${child.pid}.map`, { force: true }));
  return child.pid!;
}

const order = (texts: readonly string[], names: readonly string[]): number[] =>
  names.map((name) => texts.findIndex((text) => text.includes(name)));

const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((number, i) => number >= 0 && (i === 0 || number > numbers[i - 1]!));

describe('jstack() of generated and interpreted code, between native frames', () => {
  test('Node, down to its start', async () => {
    const script = join(import.meta.dirname, 'spinning.cjs');
    const flags = ['--perf-basic-prof', '--interpreted-frames-native-stack', script];
    const pid = start(process.execPath, flags);
    // Optimised, interpreted, and the runtime's own code.
    const names = ['spinning.cjs', 'Module._compile', 'Builtins_JSEntry', '_start'];
    expect(ascending(order(await stackWith(pid, names), names))).toBe(true);
  });

  const jdk = spawnSync('javac', ['--version']).status === 0 && spawnSync('jcmd', ['-h']).status === 0;
  test.skipIf(!jdk)('Java, whose virtual machine is asked for the names', async () => {
    const folder = scratch();
    execFileSync('javac', ['-d', folder, join(import.meta.dirname, 'Spinning.java')]);
    // However long it runs: a compiled function, called by an interpreted one.
    const commands = ['quiet', 'dontinline,Spinning::inner', 'exclude,Spinning::main'];
    const flags = ['-XX:+PreserveFramePointer', ...commands.map((each) => `-XX:CompileCommand=${each}`)];
    const pid = start('java', [...flags, '-cp', folder, 'Spinning']);
    const names = ['Spinning.inner', 'Interpreter', 'JavaMain', 'start_thread'];
    expect(ascending(order(await stackWith(pid, names), names))).toBe(true);
  });
});
