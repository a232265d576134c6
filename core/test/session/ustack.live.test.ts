import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EventValue, OptionSetting } from '../../src/index.js';
import { run } from './live.js';
import { processes as engine } from './live-processes.js';

const folder = mkdtempSync(join(tmpdir(), 'dtrace-ustack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function build(name: string, ...flags: readonly string[]): string {
  const output = join(folder, name);
  const source = join(import.meta.dirname, `${name}.c`);
  execFileSync('cc', ['-O2', '-fomit-frame-pointer', '-w', '-o', output, source, ...flags]);
  return output;
}

const program = build('deep-stack', '-ldl');
const library = build('late-library', '-shared', '-fPIC');
/** As in the program. */
const DEEP = 40;
const gdb = spawnSync('gdb', ['--version']).status === 0;

interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The stack as backtrace(3) tells it, innermost first. */
  readonly addresses: Promise<readonly bigint[]>;
}

function start(...args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let text = '';
  const addresses = new Promise<bigint[]>((resolve) => {
    child.stdout.on('data', (part) => {
      text += part;
      if (text.endsWith('\n')) resolve(text.trim().split(' ').map(BigInt));
    });
  });
  return { child, pid: child.pid!, addresses };
}

type Stack = Extract<EventValue, { readonly frames: unknown }>;

/** The first stack of its records that is as wanted, of the process. */
async function stackOf(
  pid: number,
  script: string,
  options: readonly OptionSetting[] = [],
  wanted: (stack: Stack) => boolean = () => true,
): Promise<Stack> {
  const compiled = engine.compile(script, {
    target: pid,
    options: [['quiet', undefined], ['ustackframes', '100'], ...options],
  });
  const session = engine.session(compiled, { target: engine.openTarget({ pid }) });
  const records = session.records();
  await session.start();
  try {
    for await (const { actions } of records) {
      const stack = actions[0]?.values[0] as Stack;
      if (wanted(stack)) return stack;
    }
  } finally {
    await session.stop();
  }
  throw new Error('the session ended before there was such a stack');
}

const CALL = 'syscall::getppid:entry /pid == $target/ { ustack(); }';
const addressesOf = ({ frames }: Stack): bigint[] => frames.map(({ address }) => address);

/** What lies above the innermost function, which is somewhere else each time. */
const outer = (frames: readonly bigint[], known: readonly bigint[]): bigint[] =>
  frames.slice(frames.indexOf(known[1]!));

/** Address of every frame that is not an inlined one. */
function gdbFrames(pid: number): bigint[] {
  // Without debug information there are no inlined frames, and every line has its address.
  const settings = ['-iex', 'set debug-file-directory /nonexistent', '-iex', 'set debuginfod enabled off'];
  const { stdout } = spawnSync('gdb', ['-nx', ...settings, '-p', String(pid), '-batch', '-ex', 'bt'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').flatMap((line) => {
    const [, address] = /^#\d+ +(0x[0-9a-f]+) in /.exec(line) ?? [];
    return address === undefined ? [] : [BigInt(address)];
  });
}

describe('ustack() of code without frame pointers', () => {
  test('40 calls deep and through qsort: what backtrace(3) says', async () => {
    const { pid, addresses } = start('sort');
    const known = await addresses;
    const stack = await stackOf(pid, CALL);
    expect(known.length).toBeGreaterThan(44);
    expect(outer(addressesOf(stack), known)).toEqual(known.slice(1));
    const names = stack.frames.map(({ text }) => text.replace(/\+0x.*/, ''));
    expect(names.slice(-2)).toEqual(['libc.so.6`__libc_start_main', 'deep-stack`_start']);
    expect(names.filter((name) => name === 'deep-stack`descend').length).toBeGreaterThanOrEqual(DEEP);
    expect(names.some((name) => name.startsWith('libc.so.6`qsort'))).toBe(true);
  });

  test.skipIf(!gdb)('40 calls deep and through qsort: what gdb says', async () => {
    const { pid, addresses } = start('sort');
    const known = await addresses;
    const stack = await stackOf(pid, CALL);
    expect(outer(addressesOf(stack), known)).toEqual(outer(gdbFrames(pid), known));
  });

  test('from a signal handler down to what was interrupted', async () => {
    const { pid, addresses } = start('signal');
    const known = await addresses;
    const stack = await stackOf(pid, CALL);
    expect(outer(addressesOf(stack), known)).toEqual(known.slice(1));
    expect(stack.frames.map(({ text }) => text.replace(/\+0x.*/, ''))).toContain('deep-stack`main');
  });

  test('wherever a timer finds it', async () => {
    const { pid, addresses } = start('spin');
    const known = await addresses;
    const { text } = await run(
      `profile-997 /pid == $target/ { @[ustack(60)] = count(); @n = count(); }
       profile-997 /pid == $target && ++n == 200/ { exit(0); }`,
      { target: pid },
      { target: engine.openTarget({ pid }) },
    );
    const stacks = text.split('\n\n').filter((part) => part.includes('descend'));
    expect(stacks.length).toBeGreaterThan(0);
    for (const stack of stacks) {
      const frames = stack.split('\n').filter((line) => line.includes('`'));
      expect(frames.at(-1)).toContain('_start');
      expect(frames.filter((line) => line.includes('descend')).length).toBeGreaterThanOrEqual(DEEP);
    }
    expect(known.length).toBeGreaterThan(44);
  });

  test('through a library that is loaded while tracing', async () => {
    const { child, pid, addresses } = start('late', library);
    const found = stackOf(pid, CALL, [], ({ frames }) => frames.some(({ text }) => text.includes('through')));
    child.stdin!.write('\n');
    const known = await addresses;
    expect(outer(addressesOf(await found), known)).toEqual(known.slice(1));
  });

  test('as a key, its names kept when the process is gone', async () => {
    const { child, pid, addresses } = start('sort');
    const known = await addresses;
    const script = `syscall::getppid:entry /pid == $target/ { @[ustack(60)] = count(); }
      syscall::getppid:entry /pid == $target && n++ == 3/ { trace(n); }`;
    const compiled = engine.compile(script, { target: pid, options: [['quiet', undefined]] });
    const session = engine.session(compiled, { target: engine.openTarget({ pid }) });
    session.on('record', () => void child.kill('SIGKILL'));
    await session.run();
    const [{ rows } = { rows: [] }] = session.aggregations();
    expect(rows.length).toBe(1);
    const stack = rows[0]!.key[0] as Stack;
    expect(outer(addressesOf(stack), known)).toEqual(known.slice(1));
    expect(stack.frames.map(({ text }) => text).join(' ')).toMatch(/deep-stack`_start\S*$/);
  });

  test('through functions whose return is probed', async () => {
    const { pid } = start('hop');
    const plain = await stackOf(pid, CALL);
    const hops = ({ frames }: Stack) => frames.filter(({ text }) => text.startsWith('deep-stack`hop')).length;
    const probed = await stackOf(
      pid,
      `${CALL} pid$target::hop:return { @ = count(); }`,
      [],
      (s) => hops(s) > 3,
    );
    expect(hops(plain)).toBe(4);
    expect(addressesOf(probed)).toEqual(addressesOf(plain));
  });

  test('its depth, and the caller', async () => {
    const { pid, addresses } = start('sort');
    const known = await addresses;
    const { text } = await run(
      'syscall::getppid:entry /pid == $target/ { printf("%d %p", ustackdepth, ucaller); exit(0); }',
      { target: pid },
      { target: engine.openTarget({ pid }) },
    );
    const [depth, caller] = text.trim().split(' ');
    expect(Number(depth)).toBe(known.length + 1);
    // In the function that backtrace(3) was called from.
    expect(Math.abs(Number(BigInt(`0x${caller}`) - known[0]!))).toBeLessThan(0x400);
    const few = await run(
      'syscall::getppid:entry /pid == $target/ { printf("%d %d", ustackdepth, stackdepth); exit(0); }',
      { target: pid, options: [['maxframes', '2']] },
      { target: engine.openTarget({ pid }) },
    );
    expect(few.text.trim()).toMatch(/^2 [012]$/);
  });
});
