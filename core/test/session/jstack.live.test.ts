import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventValue } from '../../src/index.js';
import { engine } from './live.js';

type Stack = Extract<EventValue, { readonly frames: unknown }>;

/** The names of the first stack that has them all, innermost first. */
async function stackWith(
  pid: number,
  names: readonly string[],
  probe = 'profile-97',
): Promise<readonly string[]> {
  const compiled = engine.compile(`${probe} /pid == $target/ { jstack(60); }`, {
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

/** Loops that the kernel counts, without which a stack of scripts is too long for it. */
const canLoop = (): boolean => engine.host.has('may_goto');

/** A script that says its own stack and makes a system call again and again: what it said, and the stack at the call. */
async function toldAndSeen(
  command: string,
  script: string,
  mark: string,
): Promise<{ readonly told: readonly string[]; readonly seen: readonly string[] }> {
  const told = join(scratch(), 'told');
  const pid = start(command, [join(import.meta.dirname, script), told]);
  const seen = await stackWith(pid, [mark, '__libc_start_main'], 'syscall::getppid:entry');
  return { told: readFileSync(told, 'utf8').split('\n'), seen };
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

const PYTHON = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();
/** Whose structures are known. */
const hasPython = /\(3, (9|1[0-3]),/.test(
  spawnSync(PYTHON || 'python3', ['-c', 'import sys; print(sys.version_info[:3])'], { encoding: 'utf8' })
    .stdout ?? '',
);

const hasRuby = /^3\.1\./.test(
  spawnSync('ruby', ['-e', 'print RUBY_VERSION'], { encoding: 'utf8' }).stdout ?? '',
);

describe.skipIf(process.arch !== 'x64' || !canLoop())(
  'jstack() of scripts, in place of their interpreters',
  () => {
    test.skipIf(!hasPython)(
      'Python: what the interpreter itself says, and native frames around it',
      async () => {
        const { told, seen } = await toldAndSeen(PYTHON!, 'deep.py', 'py::');
        const isScript = seen.map((text) => text.startsWith('py::'));
        // Before 3.11, functions do not know what they are part of.
        const own = seen
          .filter((_, i) => isScript[i])
          .map((text) => text.slice('py::'.length).replace(/^(?:\w+\.|<locals>\.)+/, ''));
        expect(own).toEqual(told);
        expect(own.length).toBe(12);
        // The system call; between the function and the lambda, max(); the program's start.
        expect(seen[0]).toContain('getppid');
        const [first, last] = [isScript.indexOf(true), isScript.lastIndexOf(true)];
        expect(isScript.slice(first, last)).toContain(false);
        expect(last).toBeLessThan(seen.length - 1);
      },
    );

    test.skipIf(!hasRuby)('Ruby: what the interpreter itself says', async () => {
      const { told, seen } = await toldAndSeen('ruby', 'deep.rb', 'rb::');
      const own = seen
        .filter((text) => text.startsWith('rb::'))
        .map((text) => text.slice('rb::'.length).replace(/:\d+$/, ''));
      // The loop that calls is a block of the innermost.
      expect(own.slice(own.indexOf(told[0]!))).toEqual(told);
      expect(told.length).toBe(12);
      expect(seen.findIndex((text) => text.includes('rb_ary_each'))).toBeGreaterThan(0);
    });
  },
);
