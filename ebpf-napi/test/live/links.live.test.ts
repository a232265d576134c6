import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  Add,
  callHelper,
  exit,
  type Instruction,
  JEq,
  load as memory,
  storeImm,
} from '../../src/asm/index.js';
import {
  attachKprobe,
  attachKprobeMulti,
  attachPerfEvent,
  attachRawTracepoint,
  attachRawTracepointSync,
  attachTracepoint,
  attachTracing,
  attachUprobe,
  attachUprobeMulti,
  BpfError,
  type BpfMap,
  kernelBtf,
  type Link,
  openPerfEvent,
  Program,
  type ProgramSpec,
  readIterator,
} from '../../src/index.js';
import { count, counters, done, Mov, needs, onlyThisProcess, readCounters, storeCookie } from './support.js';

let map: BpfMap;
let open: { close(): void | Promise<void> }[] = [];
const keep = <T extends { close(): void | Promise<void> }>(thing: T): T => {
  open.push(thing);
  return thing;
};

beforeEach(() => {
  map = keep(counters());
});
afterEach(async () => {
  for (const each of open.reverse()) await each.close();
  open = [];
});

const load = async (spec: Omit<ProgramSpec, 'name' | 'instructions'>, ...instructions: Instruction[]) =>
  keep(await Program.load({ name: 'link', ...spec, instructions }, new Map([['counters', map]])));

const counting = [...onlyThisProcess('done'), ...count('counters'), ...done()];
/** Counter 1 gets the cookie, counter 0 the hits. */
const withCookie = [...storeCookie('counters', 8), ...count('counters'), Mov.imm(0, 0), exit()];
const someSystemCalls = () => {
  for (let i = 0; i < 50; i++) statSync('/');
};
const hits = () => readCounters(map)[0]!;
const cookie = () => readCounters(map)[1]!;

describe('links', () => {
  test('raw tracepoint', async () => {
    const program = await load({ type: 'raw_tracepoint' }, ...counting);
    const link = await attachRawTracepoint(program, 'sys_enter');
    someSystemCalls();
    expect(hits()).toBeGreaterThanOrEqual(50n);
    await link.close();
    expect(link.fd).toBe(-1);
    const after = hits();
    someSystemCalls();
    expect(hits()).toBe(after);
    await link.close();
  });

  test('raw tracepoint that does not exist', async () => {
    const program = await load({ type: 'raw_tracepoint' }, ...counting);
    await expect(attachRawTracepoint(program, 'no_such')).rejects.toThrow(/ENOENT.*no such tracepoint/);
    expect(() => attachRawTracepointSync(program, 'no_such')).toThrow(BpfError);
  });

  test('raw tracepoint with cookie', needs('raw_tp_cookie'), async () => {
    const program = await load({ type: 'raw_tracepoint' }, ...withCookie);
    keep(await attachRawTracepoint(program, 'sys_enter', { cookie: 0x1234_5678_9abcn }));
    someSystemCalls();
    expect(cookie()).toBe(0x1234_5678_9abcn);
  });

  test('typed tracepoint', needs('tp_btf'), async () => {
    const target = { type: 'tracing', expectedAttach: 'trace_raw_tp', attachTo: 'sys_enter' } as const;
    keep(await attachTracing(await load(target, ...counting)));
    someSystemCalls();
    expect(hits()).toBeGreaterThanOrEqual(50n);
  });

  test('typed tracepoint with cookie', needs('tp_cookie'), async () => {
    const target = { type: 'tracing', expectedAttach: 'trace_raw_tp', attachTo: 'sys_enter' } as const;
    keep(await attachTracing(await load(target, ...withCookie), { cookie: 77n }));
    someSystemCalls();
    expect(cookie()).toBe(77n);
  });

  test('iterator', needs('iter'), async () => {
    // bpf_seq_write(ctx->meta->seq, "x", 1) for every task; the last call has none.
    const code = [
      memory(8, 6, 1, 0),
      memory(8, 2, 1, 8),
      JEq.imm(2, 0, 'done'),
      storeImm(1, 10, -1, 0x78),
      memory(8, 1, 6, 0),
      Mov.reg(2, 10),
      Add.imm(2, -1),
      Mov.imm(3, 1),
      callHelper('bpf_seq_write'),
      ...done(),
    ];
    const target = { type: 'tracing', expectedAttach: 'trace_iter', attachTo: 'task' } as const;
    const link = keep(await attachTracing(await load(target, ...code)));
    const written = readIterator(link);
    expect(written.length).toBeGreaterThan(10);
    expect(written.every((byte) => byte === 0x78)).toBe(true);
  });

  test('fentry', needs('fentry'), async () => {
    const target = { type: 'tracing', expectedAttach: 'trace_fentry', attachTo: 'vfs_read' } as const;
    keep(await attachTracing(await load(target, ...counting)));
    for (let i = 0; i < 50; i++) readFileSync('/proc/self/comm');
    expect(hits()).toBeGreaterThanOrEqual(50n);
  });

  test('fentry in a module', needs('fentry', 'module_btf'), async () => {
    const btf = kernelBtf();
    const own = btf.modules().flatMap((module) => {
      const { firstId } = btf.module(module);
      return [...btf.module(module).ids('func')]
        .filter((id) => id >= firstId)
        .map((id) => btf.module(module).name(id));
    });
    const functions = own.filter((name) => btf.findId('func', name) === undefined).slice(0, 100);
    let attached = 0;
    for (const attachTo of functions) {
      const target = { type: 'tracing', expectedAttach: 'trace_fentry', attachTo } as const;
      try {
        keep(await attachTracing(await load(target, Mov.imm(0, 0), exit())));
        attached += 1;
        if (attached === 3) break;
      } catch (error) {
        expect(error).toBeInstanceOf(BpfError); // inlined, not traceable, variadic …
      }
    }
    // Most functions can be traced, if there is a module at all.
    if (functions.length > 20) expect(attached).toBe(3);
  });

  test('fexit with cookie', needs('fexit', 'fentry_cookie'), async () => {
    const target = { type: 'tracing', expectedAttach: 'trace_fexit', attachTo: 'vfs_read' } as const;
    keep(await attachTracing(await load(target, ...withCookie), { cookie: 5n }));
    readFileSync('/proc/self/comm');
    expect(cookie()).toBe(5n);
  });

  test('tracepoint', needs('tracefs'), async () => {
    const program = await load({ type: 'tracepoint' }, ...counting);
    const link: Link = keep(await attachTracepoint(program, 'raw_syscalls', 'sys_enter'));
    expect(link.kind).toBe('tracepoint');
    someSystemCalls();
    expect(hits()).toBeGreaterThanOrEqual(50n);
    await expect(attachTracepoint(program, 'raw_syscalls', 'nothing')).rejects.toThrow(
      /raw_syscalls:nothing/,
    );
  });

  test('tracepoint with cookie', needs('tracefs', 'perf_cookie'), async () => {
    const program = await load({ type: 'tracepoint' }, ...withCookie);
    keep(await attachTracepoint(program, 'raw_syscalls', 'sys_exit', { cookie: 8n }));
    someSystemCalls();
    expect(cookie()).toBe(8n);
  });

  test('kprobe and kretprobe', needs('kprobe'), async () => {
    const program = await load({ type: 'kprobe' }, ...counting);
    keep(await attachKprobe(program, 'vfs_read'));
    keep(await attachKprobe(program, 'vfs_read', { retprobe: true }));
    for (let i = 0; i < 50; i++) readFileSync('/proc/self/comm');
    expect(hits()).toBeGreaterThanOrEqual(100n);
    await expect(attachKprobe(program, 'no_such_function')).rejects.toThrow(/no_such_function/);
  });

  test('many kprobes', needs('kprobe_multi'), async () => {
    const spec = { type: 'kprobe', expectedAttach: 'trace_kprobe_multi' } as const;
    const program = await load(spec, ...withCookie);
    const symbols = ['vfs_read', 'vfs_statx'];
    keep(await attachKprobeMulti(program, { symbols, cookies: BigUint64Array.of(3n, 3n) }));
    for (let i = 0; i < 50; i++) readFileSync('/proc/self/comm');
    expect(hits()).toBeGreaterThanOrEqual(50n);
    expect(cookie()).toBe(3n);
  });

  test('kprobes by address, each with its cookie', needs('kprobe_multi'), async () => {
    const addresses = ['vfs_read', 'vfs_statx'].map((name) => BigInt(`0x${kernelAddress(name)}`));
    const spec = { type: 'kprobe', expectedAttach: 'trace_kprobe_multi' } as const;
    const program = await load(spec, ...withCookie);
    const cookies = BigUint64Array.of(11n, 12n);
    keep(await attachKprobeMulti(program, { addresses: BigUint64Array.from(addresses), cookies }));
    someSystemCalls();
    expect(cookie()).toBe(12n);
    readFileSync('/proc/self/comm');
    expect(hits()).toBeGreaterThanOrEqual(51n);
  });

  test('perf timer', async () => {
    const program = await load({ type: 'perf_event' }, ...count('counters'), Mov.imm(0, 0), exit());
    const event = keep(openPerfEvent({ type: 'software', config: 'cpu-clock', period: 1_000_000n, cpu: 0 }));
    keep(await attachPerfEvent(program, event));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hits()).toBeGreaterThan(20n);
  });

  test('perf counter', () => {
    const event = openPerfEvent({ type: 'software', config: 'page-faults', pid: 0, disabled: true });
    const touch = () => new Uint8Array(8 << 20).fill(1);
    touch();
    expect(event.read()).toBe(0n);
    event.enable();
    touch();
    event.disable();
    const faults = event.read();
    expect(faults).toBeGreaterThan(0n);
    touch();
    expect(event.read()).toBe(faults);
    event.closeSync();
    expect(() => openPerfEvent({ type: 'software', config: 'no-such' })).toThrow(RangeError);
  });
});

/** Writes `count` times to one place of its memory, whose address it prints first, after it was told to go on. */
const WRITER = `
import ctypes, sys
place = ctypes.c_uint64(0)
print(ctypes.addressof(place), flush=True)
for line in sys.stdin:
    for i in range(int(line)): place.value = i
    print('done', flush=True)
`;

describe('counters of the processor', () => {
  test('a breakpoint on data, with and without a program', needs('breakpoints'), async () => {
    const writer = spawn('python3', ['-c', WRITER], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const says = createInterface({ input: writer.stdout })[Symbol.asyncIterator]();
      const address = BigInt((await says.next()).value);
      const write = async (times: number) => {
        writer.stdin.write(`${times}\n`);
        expect((await says.next()).value).toBe('done');
      };
      const breakpoint = { address, length: 8, access: 'w' } as const;
      const event = keep(openPerfEvent({ type: 'breakpoint', breakpoint, pid: writer.pid! }));
      await write(25);
      expect(event.read()).toBe(25n);
      const program = await load({ type: 'perf_event' }, ...count('counters'), Mov.imm(0, 0), exit());
      keep(await attachPerfEvent(program, event));
      await write(40);
      expect(hits()).toBe(40n);
    } finally {
      writer.kill('SIGKILL');
    }
  });

  test('a hardware counter', needs('hardware_counters'), () => {
    const spec = { type: 'hardware', config: 'instructions', pid: 0, excludeKernel: true } as const;
    const event = keep(openPerfEvent({ ...spec, disabled: true }));
    event.enable();
    let sum = 0;
    for (let i = 0; i < 1_000_000; i++) sum += Math.sqrt(i);
    event.disable();
    expect(sum).toBeGreaterThan(0);
    expect(event.read()).toBeGreaterThan(1_000_000n);
  });
});

const kernelAddress = (name: string): string | undefined =>
  new RegExp(`^([0-9a-f]+) [tT] ${name}$`, 'm').exec(readFileSync('/proc/kallsyms', 'latin1'))?.[1];

/** File offset of a function that bash calls for every command, in a copy that nobody else runs. */
function bashFunction(folder: string): { path: string; offset: bigint } | undefined {
  try {
    const path = join(folder, 'bash');
    copyFileSync('/bin/bash', path);
    const symbols = execFileSync('readelf', ['-W', '--dyn-syms', path], { encoding: 'utf8' });
    const address = /: ([0-9a-f]+) +\d+ FUNC +GLOBAL DEFAULT +\d+ execute_command$/m.exec(symbols)?.[1];
    const headers = execFileSync('readelf', ['-W', '-l', path], { encoding: 'utf8' });
    const text = /LOAD +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x[0-9a-f]+ 0x[0-9a-f]+ R E/.exec(headers);
    if (address === undefined || text === null) return undefined;
    return { path, offset: BigInt(`0x${address}`) - BigInt(`0x${text[2]}`) + BigInt(`0x${text[1]}`) };
  } catch {
    return undefined;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'ebpf-napi-'));
afterAll(() => rmSync(folder, { recursive: true }));
const target = bashFunction(folder);
// A socket as its standard input makes bash read ~/.bashrc, as sshd's does.
const runBash = () => execFileSync(target!.path, ['-c', 'true; true; true'], { stdio: 'ignore' });

describe.skipIf(target === undefined)('links in user code', () => {
  const all = [...count('counters'), Mov.imm(0, 0), exit()];

  test('uprobe and uretprobe', needs('uprobe'), async () => {
    const program = await load({ type: 'kprobe' }, ...all);
    const entry = await attachUprobe(program, target!);
    runBash();
    const entries = hits();
    expect(entries).toBeGreaterThan(0n);
    await entry.close();
    runBash();
    expect(hits()).toBe(entries);
    keep(await attachUprobe(program, { ...target!, retprobe: true }));
    runBash();
    expect(hits()).toBe(2n * entries);
  });

  test('uprobe of another process', needs('uprobe', 'perf_cookie'), async () => {
    const program = await load({ type: 'kprobe' }, ...withCookie);
    keep(await attachUprobe(program, { ...target!, pid: process.pid, cookie: 1n }));
    runBash();
    expect(hits()).toBe(0n);
    keep(await attachUprobe(program, { ...target!, cookie: 2n }));
    runBash();
    expect(cookie()).toBe(2n);
  });

  test('many uprobes', needs('uprobe_multi'), async () => {
    const program = await load({ type: 'kprobe', expectedAttach: 'trace_uprobe_multi' }, ...withCookie);
    const { path, offset } = target!;
    const cookies = BigUint64Array.of(9n);
    keep(await attachUprobeMulti(program, { path, offsets: BigUint64Array.of(offset), cookies }));
    runBash();
    expect(cookie()).toBe(9n);
    const none = attachUprobeMulti(program, { path: '/', offsets: BigUint64Array.of(0n) });
    await expect(none).rejects.toThrow(/not a regular file/);
  });

  test(
    'uprobes outlive whoever attaches and closes them for this process',
    needs('uprobe_multi'),
    async () => {
      const program = await load({ type: 'kprobe', expectedAttach: 'trace_uprobe_multi' }, ...withCookie);
      const { path, offset } = target!;
      const places = (cookie: bigint) => ({
        path,
        offsets: BigUint64Array.of(offset),
        cookies: BigUint64Array.of(cookie),
      });
      const first = await attachUprobeMulti(program, places(3n));
      const others = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], {
        encoding: 'utf8',
      });
      process.kill(Number(/(\d+) uprobe-keeper/.exec(others)?.[1]), 'SIGKILL');
      runBash();
      expect(cookie()).toBe(3n);
      await first.close();
      keep(await attachUprobeMulti(program, places(4n)));
      runBash();
      expect(cookie()).toBe(4n);
    },
  );

  test('uprobe session', needs('uprobe_session'), async () => {
    const spec = { type: 'kprobe', expectedAttach: 'trace_uprobe_session' } as const;
    const program = await load(spec, ...all);
    const { path, offset } = target!;
    keep(await attachUprobeMulti(program, { path, offsets: BigUint64Array.of(offset), session: true }));
    runBash();
    expect(hits()).toBeGreaterThan(0n);
    expect(hits() % 2n).toBe(0n);
  });
});
