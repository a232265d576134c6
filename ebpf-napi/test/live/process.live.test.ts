import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { addonPath } from '../../src/addon.js';
import { callHelper, exit, JEq, JNe, label, load, loadMap, Mov, Rsh, store } from '../../src/asm/index.js';
import {
  attachRawTracepoint,
  BpfMap,
  type ExitStatus,
  type HeldChild,
  Program,
  pidfdOpen,
  RingBufferReader,
  setComm,
  spawnHeld,
} from '../../src/index.js';
import { needs } from './support.js';

const ended = (child: HeldChild) => new Promise<ExitStatus>((resolve) => child.onExit(resolve));
const state = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];

describe('held children', () => {
  test('nothing runs before release', async () => {
    const child = spawnHeld('sh', ['sh', '-c', 'exit 3']);
    expect(state(child.pid)).toBe('T');
    process.kill(child.pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(child.released).toBe(false);
    expect(readFileSync(`/proc/${child.pid}/cmdline`)).toEqual(readFileSync('/proc/self/cmdline'));
    child.release();
    child.release();
    expect(await ended(child)).toEqual({ code: 3, signal: null });
    expect(await ended(child)).toEqual({ code: 3, signal: null });
  });

  test('environment, folder and signals', async () => {
    const script = 'test "$PWD $A" = "/proc 1" && ! env | grep -q "^B="';
    const env = { PATH: process.env.PATH, A: '1', B: undefined };
    const child = spawnHeld('sh', ['sh', '-c', script], { cwd: '/proc', env });
    child.release();
    expect(await ended(child)).toEqual({ code: 0, signal: null });
    const status = 'grep -Eq "^Sig(Blk|Ign):.*[1-9a-f]" /proc/self/status && exit 1; kill -9 $$';
    const other = spawnHeld('sh', ['sh', '-c', status]);
    other.release();
    expect(await ended(other)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('killed while held', async () => {
    const child = spawnHeld('sleep', ['sleep', '100']);
    child.kill('SIGKILL');
    expect(await ended(child)).toEqual({ code: null, signal: 'SIGKILL' });
    child.release();
  });

  test('dies with its parent, however that ends', async () => {
    // The addon itself, because a worker has no loader for these sources.
    const code = `const m = { exports: {} }; process.dlopen(m, ${JSON.stringify(addonPath())});
      const text = (s) => new TextEncoder().encode(s); const gate = m.exports.map(-1, 0, 4096, true);
      const argv = text('sleep\\x00100\\x00'); const none = new Uint8Array(0);
      const pid = m.exports.spawnHeld(text('/bin/sleep\\x00'), argv, none, null, gate, 2, true);
      require('node:worker_threads').parentPort.postMessage(pid); setInterval(() => {}, 1000);`;
    const worker = new Worker(code, { eval: true });
    const pid = await new Promise<number>((resolve) => worker.once('message', resolve));
    expect(state(pid)).toBe('T');
    await worker.terminate();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(state(pid)).toBe('Z');
  });

  test('commands that cannot run', async () => {
    expect(() => spawnHeld('no-such-command', ['x'])).toThrow(
      /cannot run 'no-such-command'.*ENOENT.*command not found/,
    );
    expect(() => spawnHeld('/no/such', ['x'])).toThrow(/ENOENT/);
    const child = spawnHeld('/etc/passwd', ['x']);
    child.release();
    const { code, execError } = await ended(child);
    expect(code).toBe(127);
    expect(execError?.code).toBe('EACCES');
    const lost = spawnHeld('true', ['true'], { cwd: '/no/such/folder' });
    lost.release();
    expect((await ended(lost)).execError?.code).toBe('ENOENT');
  });

  test('the first system call after release is the execve', needs('ringbuf'), async () => {
    const child = spawnHeld('true', ['true']);
    const ring = BpfMap.create({
      name: 'calls',
      type: 'ringbuf',
      keySize: 0,
      valueSize: 0,
      maxEntries: 65536,
    });
    /** Emits `mark` + the system call number for every event of the child. */
    const emit = (number: ReturnType<typeof load>[]) => [
      Mov.reg(6, 1),
      callHelper('bpf_get_current_pid_tgid'),
      Rsh.imm(0, 32),
      JNe.imm(0, child.pid, 'done'),
      ...number,
      loadMap(1, 'calls'),
      Mov.imm(2, 8),
      Mov.imm(3, 0),
      callHelper('bpf_ringbuf_reserve'),
      JEq.imm(0, 0, 'done'),
      store(8, 0, 0, 7),
      Mov.reg(1, 0),
      Mov.imm(2, 1),
      callHelper('bpf_ringbuf_submit'),
      label('done', Mov.imm(0, 0)),
      exit(),
    ];
    const maps = new Map([['calls', ring]]);
    const type = 'raw_tracepoint';
    const enter = await Program.load({ name: 'e', type, instructions: emit([load(8, 7, 6, 8)]) }, maps);
    const leave = await Program.load({ name: 'l', type, instructions: emit([Mov.imm(7, -1)]) }, maps);
    const links = [
      await attachRawTracepoint(enter, 'sys_enter'),
      await attachRawTracepoint(leave, 'sys_exit'),
    ];
    child.release();
    await ended(child);
    const calls: bigint[] = [];
    const reader = new RingBufferReader([ring]);
    reader.drain((view, _bytes, offset) => calls.push(view.getBigInt64(offset, true)));
    const execve = process.arch === 'x64' ? 59n : 221n;
    expect(calls[0]).toBe(execve);
    expect(calls[1]).toBe(-1n);
    expect(calls.length).toBeGreaterThan(10);
    reader.close();
    for (const link of links) await link.close();
    for (const each of [enter, leave, ring]) each.close();
  });
});

describe('processes', () => {
  test('the end of a process that is not held', async () => {
    const other = spawn('sleep', ['0.1']);
    const watch = pidfdOpen(other.pid!);
    await new Promise<void>((resolve) => watch.onExit(resolve));
    expect(watch.fd).toBe(-1);
    expect(() => pidfdOpen(0x3fffff)).toThrow(/ESRCH/);
  });

  test('name of the thread', () => {
    setComm('a name that is too long');
    const names = readFileSync('/proc/thread-self/comm', 'utf8');
    expect(names).toBe('a name that is \n');
  });
});
