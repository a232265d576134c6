import { Btf, BtfBuilder } from 'ebpf-napi/btf';
import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../src/host/index.js';
import type { RecordType } from '../../src/language/types.js';

/** struct node { struct node *next; unsigned flags: 3; unsigned rest: 29; u8 tail[4]; union { long a; char b; }; } */
function vmlinux(): Btf {
  const b = new BtfBuilder();
  const uint = b.int('unsigned int', 4);
  const u8 = b.int('unsigned char', 1);
  const long = b.int('long int', 8, true);
  const char = b.int('char', 1, true);
  const byte = b.add({ kind: 'typedef', name: 'u8', type: u8 });
  const pointer = b.nextId;
  const record = pointer + 3;
  b.ptr(record);
  const array = b.add({ kind: 'array', name: '', element: byte, index: uint, length: 4 });
  const union = b.add({
    kind: 'union',
    name: '',
    size: 8,
    members: [
      { name: 'a', type: long, bitOffset: 0, bitfieldSize: 0 },
      { name: 'b', type: char, bitOffset: 0, bitfieldSize: 0 },
    ],
  });
  b.add({
    kind: 'struct',
    name: 'node',
    size: 24,
    members: [
      { name: 'next', type: pointer, bitOffset: 0, bitfieldSize: 0 },
      { name: 'flags', type: uint, bitOffset: 64, bitfieldSize: 3 },
      { name: 'rest', type: uint, bitOffset: 67, bitfieldSize: 29 },
      { name: 'tail', type: array, bitOffset: 96, bitfieldSize: 0 },
      { name: '', type: union, bitOffset: 128, bitfieldSize: 0 },
    ],
  });
  b.add({
    kind: 'enum',
    name: 'state',
    size: 4,
    signed: true,
    values: [
      { name: 'GONE', value: -1 },
      { name: 'HERE', value: 1 },
    ],
  });
  b.add({ kind: 'fwd', name: 'hidden', of: 'struct' });
  const tag = b.add({ kind: 'type_tag', name: 'user', type: char });
  const userPointer = b.ptr(tag);
  const constant = b.add({ kind: 'const', name: '', type: userPointer });
  const proto = b.add({
    kind: 'func_proto',
    name: '',
    returns: long,
    params: [
      { name: '', type: 0 },
      { name: 'text', type: constant },
    ],
    variadic: false,
  });
  b.add({ kind: 'typedef', name: 'btf_trace_open', type: b.nextId + 1 });
  b.ptr(proto);
  b.add({ kind: 'func', name: 'vfs_open', type: proto, linkage: 'static' });
  return new Btf(b.build());
}

function host() {
  const base = vmlinux();
  const m = new BtfBuilder(base);
  m.add({
    kind: 'struct',
    name: 'ext4_inode',
    size: 1,
    members: [{ name: 'x', type: 2, bitOffset: 0, bitfieldSize: 0 }],
  });
  m.add({ kind: 'enum', name: '', size: 4, signed: false, values: [{ name: 'EXT4_X', value: 7 }] });
  const module = new Btf(m.build(), base);
  const btf = { vmlinux: base, modules: () => ['ext4'], module: () => module };
  return new RecordedHost({ btf, kallsyms: 'ffffffff81000200 T vfs_open\nffffffff81000300 D jiffies\n' });
}

const { types } = host();
const node = types.findRecord('struct', 'node') as RecordType;

describe('kernel types', () => {
  test('are converted once', () => {
    expect(types.findRecord('struct', 'node')).toBe(node);
    const next = node.members?.[0]?.type;
    expect(next?.kind === 'pointer' && next.to).toBe(node);
  });

  test('have the layout the kernel says', () => {
    expect(node).toMatchObject({ kind: 'struct', tag: 'node', size: 24, align: 8 });
    expect(node.members?.map(({ name, bitOffset, bitSize }) => [name, bitOffset, bitSize])).toEqual([
      ['next', 0, undefined],
      ['flags', 64, 3],
      ['rest', 67, 29],
      ['tail', 96, undefined],
      ['', 128, undefined],
    ]);
    expect(node.btf?.id).toBeGreaterThan(0);
  });

  test('have the names C programmers use', () => {
    const tail = node.members?.[3]?.type;
    expect(tail).toMatchObject({
      kind: 'array',
      length: 4,
      of: { kind: 'typedef', name: 'u8', to: { kind: 'integer', name: 'unsigned char', size: 1 } },
    });
    const union = node.members?.[4]?.type as RecordType;
    expect(union.members?.map(({ type }) => type)).toMatchObject([
      { name: 'long', size: 8, signed: true },
      { name: 'char', char: true },
    ]);
  });

  test('lose qualifiers and keep where pointers lead', () => {
    const typedef = types.findTypedef('btf_trace_open');
    const pointer = typedef?.kind === 'typedef' ? typedef.to : undefined;
    const proto = pointer?.kind === 'pointer' ? pointer.to : undefined;
    expect(proto?.kind === 'function' && proto.parameters[1]).toMatchObject({
      kind: 'pointer',
      space: 'user',
    });
  });

  test('include declared records nobody defined', () => {
    expect(types.findRecord('struct', 'hidden')).toMatchObject({ size: undefined, members: undefined });
    expect(types.findRecord('union', 'hidden')).toBeUndefined();
  });

  test('are found in modules', () => {
    expect(types.findRecord('struct', 'ext4_inode')).toMatchObject({ size: 1, btf: { module: 'ext4' } });
    expect(types.findRecord('struct', 'ext4_inode', 'ext4')).toBeDefined();
    expect(types.findRecord('struct', 'ext4_inode', 'vmlinux')).toBeUndefined();
    expect(types.findRecord('struct', 'node', 'ext4')).toBe(node);
  });
});

describe('kernel names', () => {
  test('of enumeration constants', () => {
    expect(types.findEnumerator('GONE')).toMatchObject({ value: -1n, type: { kind: 'enum', tag: 'state' } });
    expect(types.findEnumerator('EXT4_X')).toMatchObject({ value: 7n });
    expect(types.findEnumerator('NOPE')).toBeUndefined();
  });

  test('of functions and variables, typed or not', () => {
    expect(types.findSymbol('vfs_open')).toMatchObject({
      type: { kind: 'function' },
      address: 0xffffffff81000200n,
    });
    expect(types.findSymbol('jiffies')).toMatchObject({
      type: { kind: 'integer', size: 8 },
      address: 0xffffffff81000300n,
    });
    expect(types.findSymbol('nope')).toBeUndefined();
    expect([host().hasFunction('vfs_open'), host().hasFunction('jiffies')]).toEqual([true, false]);
  });
});
