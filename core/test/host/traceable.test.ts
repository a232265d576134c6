import { formatInstruction } from 'ebpf-napi/asm';
import { Btf, BtfBuilder } from 'ebpf-napi/btf';
import { expect, test } from 'vitest';
import fbt from '../../../providers/fbt/src/index.js';
import { DTrace, RecordedHost } from '../../src/index.js';

/** Functions of one int, one of which takes any number of further arguments. */
function types(): Btf {
  const b = new BtfBuilder();
  const int = b.int('int', 4, true);
  for (const [name, variadic] of [
    ['vfs_read', false],
    ['printk', true],
    ['twice', false],
    ['unsafe', false],
    ['_raw_spin_lock', false],
  ] as const) {
    const proto = b.add({
      kind: 'func_proto',
      name: '',
      returns: int,
      params: [{ name: 'fd', type: int }],
      variadic,
    });
    b.add({ kind: 'func', name, type: proto, linkage: 'static' });
  }
  return new Btf(b.build());
}

const FILTER = [
  'vfs_read',
  'printk',
  'twice',
  '__ftrace_invalid_address___16',
  'twice',
  'unsafe',
  'untyped',
  'made.isra.0',
  'of_module [some]',
].join('\n');

const vmlinux = types();
const engine = (features: readonly string[]) =>
  new DTrace(
    new RecordedHost({
      features,
      btf: {
        vmlinux,
        modules: () => ['some'],
        module: () => new Btf(new BtfBuilder(vmlinux).build(), vmlinux),
      },
      files: {
        '/sys/kernel/tracing/events/x': '',
        '/sys/kernel/tracing/available_filter_functions': `${FILTER}\n`,
        '/sys/kernel/debug/kprobes/blacklist': '0xff-0x100\tunsafe\n',
        '/sys/kernel/debug/error_injection/list': 'vfs_read\tERRNO\n',
      },
      kallsyms: 'ffffffff81000000 t vfs_read\nffffffff81000010 t vfs_read.cold\n',
    }),
    [fbt],
  );
const names = (features: readonly string[], pattern: string) =>
  [...engine(features).probes(pattern)].map(({ probe: p }) => `${p.module}:${p.function}:${p.name}`);
const kinds = (features: readonly string[], text: string, options: [string, string][] = []) =>
  engine(features)
    .compile(text, { options })
    .image.programs.flatMap(({ kind, sites }) => sites.map(() => kind));

const ALL = ['fentry', 'kprobe', 'kprobe_multi', 'perf_cookie', 'get_func_arg', 'atomics_fetch'];

test('functions with a type, without unsafe ones and places that are none', () => {
  expect(names(ALL, 'fbt:::entry')).toEqual([
    'vmlinux:vfs_read:entry',
    'vmlinux:printk:entry',
    'vmlinux:twice:entry',
  ]);
  expect(names(ALL, 'fbt::vfs_read:')).toEqual(['vmlinux:vfs_read:entry', 'vmlinux:vfs_read:return']);
});

test('what has no type or a name of the compiler is raw; cold parts never return', () => {
  expect(names(ALL, 'rawfbt:::')).toEqual([
    'vmlinux:untyped:entry',
    'vmlinux:untyped:return',
    'vmlinux:made.isra.0:entry',
    'vmlinux:made.isra.0:return',
    'some:of_module:entry',
    'some:of_module:return',
    'vmlinux:vfs_read.cold:entry',
  ]);
});

test('ids are those of the whole listing, whatever was asked for', () => {
  const all = [...engine(ALL).probes()];
  const [one] = engine(ALL).probes('fbt::twice:return');
  expect(all.find(({ id }) => id === one?.id)?.probe.function).toBe('twice');
  expect(engine(ALL).registry.byId(one?.id ?? 0)?.probe.name).toBe('return');
});

test('the means: fentry for a few, kprobes for what it cannot reach, what was asked for', () => {
  expect(kinds(ALL, 'fbt::vfs_read: { trace(arg0); }')).toEqual(['fentry', 'fentry']);
  expect(kinds(ALL, 'fbt::printk:entry { trace(args[0]); }')).toEqual(['kprobe-multi']);
  expect(kinds(['kprobe'], 'fbt::vfs_read:entry { trace(1); }')).toEqual(['kprobe']);
  expect(kinds(ALL, 'fbt::vfs_read:entry { trace(1); }', [['fbtbackend', 'kprobe']])).toEqual(['kprobe']);
  expect(() => kinds(ALL, 'fbt::printk:entry { trace(1); }', [['fbtbackend', 'fentry']])).toThrow(
    'printk cannot be probed by fentry: it takes any number of arguments',
  );
});

test('what is made to return at once is a kprobe of a function that may fail', () => {
  const able = [...ALL, 'override_return'];
  const script = (name: string) => `#pragma D option destructive\nfbt::${name}:entry /0/ { return(1); }`;
  expect(kinds(able, script('vfs_read'))).toEqual(['kprobe-multi']);
  expect(() => kinds(able, script('twice'))).toThrow('support.function');
  expect(() => kinds(ALL, script('vfs_read'))).toThrow('support.kernel');
  expect(() => kinds(able, script('vfs_read').replace('entry', 'return'))).toThrow('support.place');
});

test('a means that turns out to be refused is done without, if there is another', () => {
  const compiled = engine(ALL).compile('fbt::vfs_read:entry { trace(1); }');
  const kindsOf = () => compiled.image.programs.map(({ kind }) => kind);
  expect(kindsOf()).toEqual(['fentry']);
  expect(compiled.avoid?.('fentry')).toBe(true);
  expect(kindsOf()).toEqual(['kprobe-multi']);
  expect(
    engine(['fentry', 'get_func_arg']).compile('fbt::vfs_read:entry { trace(1); }').avoid?.('fentry'),
  ).toBe(false);
});

test('what runs inside locks claims the processor, and is dropped where it is claimed', () => {
  const host = new RecordedHost({
    features: ALL,
    btf: { vmlinux, modules: () => [], module: () => vmlinux },
    files: {
      '/sys/kernel/tracing/events/x': '',
      '/sys/kernel/tracing/available_filter_functions': 'vfs_read\n_raw_spin_lock\n',
    },
  });
  const claims = (script: string) =>
    new DTrace(host, [fbt])
      .compile(script)
      .image.programs.map(
        ({ instructions }) => instructions.filter((insn) => formatInstruction(insn).includes('xchg')).length,
      );
  expect(claims('fbt::vfs_read:entry { trace(1); }')).toEqual([0]);
  expect(claims('fbt::_raw_spin_lock:entry { trace(1); }')).toEqual([1]);
  expect(claims('fbt::vfs_read:entry, fbt::_raw_spin_lock:entry { trace(1); }')).toEqual([1, 1]);
});

test('a kernel that lets nothing attach lists nothing, and says why', () => {
  expect(names([], 'fbt:::')).toEqual([]);
  const pattern = { provider: 'fbt', module: '', function: 'vfs_read', name: 'entry' };
  expect(engine([]).registry.explain(pattern)).toContain('lets no program attach to its functions');
});
