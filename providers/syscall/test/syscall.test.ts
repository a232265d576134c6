import { type Host, ProbeRegistry, type RawTracepointSite, RecordedHost } from '@dtrace/core';
import { describe, expect, test } from 'vitest';
import { parseFormat } from '../src/formats.js';
import { SyscallProvider } from '../src/index.js';
import { systemCallNumbers } from '../src/numbers.js';
import { knownTypes } from '../src/signatures.js';

const FORMAT = `name: sys_enter_openat
ID: 782
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int __syscall_nr;	offset:8;	size:4;	signed:1;
	field:int dfd;	offset:16;	size:8;	signed:0;
	field:const char * filename;	offset:24;	size:8;	signed:0;
	field:const char *const * argv;	offset:32;	size:8;	signed:0;
	field:umode_t mode;	offset:40;	size:8;	signed:0;
	field:__data_loc char[] __filename_val;	offset:48;	size:4;	signed:0;

print fmt: "dfd: 0x%08lx", ((unsigned long)(REC->dfd))
`;

const events = (...names: string[]) =>
  Object.fromEntries(
    names.map((name) => [`/sys/kernel/tracing/events/syscalls/sys_enter_${name}/format`, FORMAT]),
  );

const kallsyms = (...names: string[]) => names.map((name) => `ffffffff81000000 T ${name}\n`).join('');

const registry = (host: Host) => new ProbeRegistry([new SyscallProvider(host)]);
const match = (host: Host, func: string, name = 'entry') =>
  registry(host).match({ provider: 'syscall', module: '', function: func, name });
const site = (host: Host, func: string, name?: string) =>
  match(host, func, name)[0]?.probe.site as RawTracepointSite;

describe('which calls there are', () => {
  test('the kernel’s events say', () => {
    const host = new RecordedHost({ files: events('read', 'newfstat') });
    expect(
      [...registry(host).list()].map(
        ({ id, probe }) => `${id} ${probe.module} ${probe.function} ${probe.name}`,
      ),
    ).toEqual([
      '1 vmlinux read entry',
      '2 vmlinux read return',
      '3 vmlinux newfstat entry',
      '4 vmlinux newfstat return',
    ]);
  });

  test('without events, its functions', () => {
    const host = new RecordedHost({ kallsyms: kallsyms('__x64_sys_read', '__do_sys_getpid') });
    expect(match(host, '').map(({ probe }) => probe.function)).toEqual(['read', 'getpid']);
  });

  test('without either, the table', () => {
    expect(match(new RecordedHost(), '').length).toBeGreaterThan(300);
    expect(match(new RecordedHost({ arch: 'arm64' }), '').length).toBeGreaterThan(300);
  });

  test('the names of <unistd.h> work too, where the kernel has others', () => {
    const host = new RecordedHost({ files: events('read', 'newfstat') });
    expect(match(host, 'fstat').map(({ probe }) => probe.function)).toEqual(['fstat']);
    expect(site(host, 'fstat').select).toEqual({ on: 'args[1]', value: 5 });
    expect(match(host, '*fstat').map(({ probe }) => probe.function)).toEqual(['newfstat']);
    expect(match(host, 'uname')).toEqual([]);
  });
});

describe('numbers', () => {
  test.each([
    ['x64', 'read', 0],
    ['x64', 'newuname', 63],
    ['x64', 'uretprobe', 335],
    ['x64', 'pidfd_send_signal', 424],
    ['x64', 'mseal', 462],
    ['arm64', 'io_setup', 0],
    ['arm64', 'openat', 56],
    ['arm64', 'newfstat', 80],
    ['arm64', 'wait4', 260],
    ['arm64', 'clone3', 435],
  ] as const)('%s %s is %d', (arch, name, value) => {
    expect(site(new RecordedHost({ arch }), name).select?.value).toBe(value);
  });

  test('no number is given twice', () => {
    for (const arch of ['x64', 'arm64'] as const) {
      const numbers = [...systemCallNumbers(arch).values()];
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });
});

describe('arguments', () => {
  test('have the types of the event', () => {
    expect(parseFormat(FORMAT)).toEqual(['int', 'const char *', 'const char *const *', 'umode_t']);
  });

  test('have known types where events cannot be read', () => {
    expect(knownTypes('openat')).toEqual(['int', 'const char *', 'int', 'umode_t']);
    expect(knownTypes('getpid')).toEqual([]);
    const [read] = match(new RecordedHost(), 'read');
    expect(read?.probe.arguments.args).toEqual([
      { type: 'unsigned int', value: 'args[0]->di' },
      { type: 'userland char *', value: 'args[0]->si' },
      { type: 'size_t', value: 'args[0]->dx' },
    ]);
  });

  test('lie in the same places for all calls, so that all share a program', () => {
    for (const name of ['entry', 'return']) {
      const layouts = match(new RecordedHost(), '', name).map(({ probe }) => probe.arguments);
      expect(new Set(layouts.map(({ raw }) => raw)).size).toBe(1);
      expect(new Set(layouts.map(({ builtins }) => builtins)).size).toBe(1);
    }
  });
});

describe('32-bit callers', () => {
  test('are left out where the kernel serves them', () => {
    const compat = new RecordedHost({ kallsyms: kallsyms('__x64_sys_read', 'ia32_sys_call') });
    expect(site(compat, 'read').guard).toBe('(curthread->thread_info.status & 2) == 0');
    const plain = new RecordedHost({ kallsyms: kallsyms('__x64_sys_read') });
    expect(site(plain, 'read').guard).toBeUndefined();
  });
});

test('returns are told apart by the registers', () => {
  expect(site(new RecordedHost(), 'read', 'return')).toMatchObject({
    tracepoint: 'sys_exit',
    select: { on: 'args[0]->orig_ax', value: 0 },
  });
  expect(site(new RecordedHost({ arch: 'arm64' }), 'read', 'return').select?.on).toBe('args[0]->syscallno');
});
