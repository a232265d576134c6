import { describe, expect, it } from 'vitest';
import { Btf, BtfBuilder, formatDeclaration, formatDefinition } from '../../src/btf/index.js';

const b = new BtfBuilder();
const modifier = (kind: 'const' | 'volatile' | 'typedef' | 'type_tag', type: number, name = ''): number =>
  b.add({ kind, name, type });
const array = (element: number, length: number): number =>
  b.add({ kind: 'array', name: '', element, index: int, length });
const member = (name: string, type: number, bitOffset: number, bitfieldSize = 0) => ({
  name,
  type,
  bitOffset,
  bitfieldSize,
});
const proto = (returns: number, types: number[], variadic = false): number =>
  b.add({
    kind: 'func_proto',
    name: '',
    returns,
    params: types.map((type) => ({ name: '', type })),
    variadic,
  });

const int = b.int('int', 4, true);
const char = b.int('char', 1);
const long = b.int('long', 8, true);
const charPtr = b.ptr(char);
const constChar = modifier('const', char);
const constCharPtr = b.ptr(constChar);
const constPtr = modifier('const', charPtr);
const userPtr = b.ptr(modifier('type_tag', char, 'user'));
const foo = b.add({ kind: 'fwd', name: 'foo', of: 'struct' });
const callback = b.ptr(proto(int, [b.ptr(foo), long]));
const anonymous = b.add({
  kind: 'union',
  name: '',
  size: 8,
  members: [member('x', long, 0), member('y', char, 0)],
});
const color = b.add({
  kind: 'enum',
  name: 'color',
  size: 4,
  signed: true,
  values: [{ name: 'RED', value: -1 }],
});
const big = b.add({
  kind: 'enum64',
  name: '',
  size: 8,
  signed: false,
  values: [{ name: 'BIG', value: 1n << 63n }],
});
const bar = b.add({
  kind: 'struct',
  name: 'bar',
  size: 24,
  members: [
    member('fn', callback, 0),
    member('flag', int, 64, 3),
    member('', anonymous, 128),
    member('c', color, 96),
  ],
});
const signal = proto(callback, [int, callback]);
const func = b.add({
  kind: 'func',
  name: 'read',
  type: b.add({
    kind: 'func_proto',
    name: '',
    returns: long,
    params: [
      { name: 'buf', type: userPtr },
      { name: 'n', type: long },
    ],
    variadic: true,
  }),
  linkage: 'global',
});
const handler = modifier('typedef', callback, 'handler_t');
const cases: [string, number][] = [
  ['int x', int],
  ['char *x', charPtr],
  ['const char *x', constCharPtr],
  ['char *const x', constPtr],
  ['char *x', userPtr],
  ['struct foo x', foo],
  ['void *x', b.ptr(0)],
  ['int x[4]', array(int, 4)],
  ['char *x[4]', array(charPtr, 4)],
  ['char *const x[4]', modifier('const', array(charPtr, 4))],
  ['int (*x)[4]', b.ptr(array(int, 4))],
  ['int x[2][4]', array(array(int, 4), 2)],
  ['const volatile int x', modifier('const', modifier('volatile', int))],
  ['int (*x)(struct foo *, long)', callback],
  ['int (*x[2])(struct foo *, long)', array(callback, 2)],
  ['int (*x(int, int (*)(struct foo *, long)))(struct foo *, long)', signal],
  ['void x(void)', proto(0, [])],
  ['long read(char *buf, long n, ...)', func],
  ['handler_t x', handler],
  ['enum color x', color],
  ['enum {\n\tBIG = 9223372036854775808,\n} x', big],
];
const btf = new Btf(b.build());

describe('formatDeclaration', () => {
  it.each(cases)('%s', (text, id) => {
    expect(formatDeclaration(btf, id, 'x')).toBe(text);
  });

  it('leaves out the name', () => {
    expect(formatDeclaration(btf, callback)).toBe('int (*)(struct foo *, long)');
    expect(formatDeclaration(btf, constPtr)).toBe('char *const');
    expect(formatDeclaration(btf, 0)).toBe('void');
  });

  it('shows type tags when asked', () => {
    expect(formatDeclaration(btf, userPtr, 'x', { tags: true })).toBe('char __user *x');
  });
});

describe('formatDefinition', () => {
  it('writes structs with nested anonymous types', () => {
    expect(formatDefinition(btf, bar)).toBe(
      [
        'struct bar {',
        '\tint (*fn)(struct foo *, long);',
        '\tint flag: 3;',
        '\tunion {',
        '\t\tlong x;',
        '\t\tchar y;',
        '\t};',
        '\tenum color c;',
        '};',
      ].join('\n'),
    );
  });

  it('writes enums, typedefs and functions', () => {
    expect(formatDefinition(btf, color)).toBe('enum color {\n\tRED = -1,\n};');
    expect(formatDefinition(btf, handler)).toBe('typedef int (*handler_t)(struct foo *, long);');
    expect(formatDefinition(btf, func)).toBe('long read(char *buf, long n, ...);');
  });
});

describe('sizes', () => {
  it.each<[string, number, number | undefined]>([
    ['int', int, 4],
    ['pointer', callback, 8],
    ['typedef', handler, 8],
    ['struct', bar, 24],
    ['void', 0, undefined],
    ['forward', foo, undefined],
    ['function', func, undefined],
  ])('%s', (_, id, size) => {
    expect(btf.sizeof(id)).toBe(size);
  });

  it('multiplies arrays', () => {
    const nested = cases.find(([text]) => text === 'int x[2][4]')?.[1] ?? 0;
    expect(btf.sizeof(nested)).toBe(32);
  });

  it('finds prototypes by function name', () => {
    expect(btf.funcProto('read')).toMatchObject({ returns: long, variadic: true });
    expect(btf.funcProto('write')).toBeUndefined();
  });
});
