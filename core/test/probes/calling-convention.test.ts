import { describe, expect, test } from 'vitest';
import type { FunctionType, Type } from '../../src/language/types.js';
import { argumentWords, parameterPlaces, resultPlace } from '../../src/probes/index.js';

const INT: Type = { kind: 'integer', name: 'int', size: 4, signed: true };
const WIDE: Type = { kind: 'integer', name: '__int128', size: 16, signed: true };
const VOID: Type = { kind: 'void' };
const record = (size: number): Type => ({ kind: 'struct', tag: `s${size}`, size, align: 8, members: [] });

const fn = (parameters: readonly Type[], returns: Type = VOID): FunctionType => ({
  kind: 'function',
  returns,
  parameters,
  variadic: false,
});
/** Offset in pt_regs, or bytes above the stack pointer. */
const places = (arch: 'x64' | 'arm64', f: FunctionType) =>
  parameterPlaces(arch, f, 'kernel').map(({ offset, behind }) => (behind ? `sp+${behind.bytes}` : offset));

describe('x86-64', () => {
  test('six registers, then the stack above the return address', () => {
    expect(places('x64', fn(Array<Type>(8).fill(INT)))).toEqual([112, 104, 96, 88, 72, 64, 'sp+8', 'sp+16']);
  });

  test('a record of two words takes two registers, or none if one is left', () => {
    expect(places('x64', fn([record(16), INT]))).toEqual([112, 96]);
    expect(places('x64', fn([INT, INT, INT, INT, INT, record(16), INT]))).toEqual([
      112,
      104,
      96,
      88,
      72,
      'sp+8',
      64,
    ]);
  });

  test('larger records are copied to the stack; wide integers are not', () => {
    expect(places('x64', fn([record(24), INT, record(8)]))).toEqual(['sp+8', 112, 104]);
    expect(places('x64', fn([WIDE, INT]))).toEqual([112, 96]);
  });

  test('a function that returns a large record gets the place for it first', () => {
    expect(places('x64', fn([INT], record(24)))).toEqual([104]);
    expect(places('x64', fn([INT], record(16)))).toEqual([112]);
  });
});

test('arm64: eight registers, large records by reference', () => {
  expect(places('arm64', fn([...Array<Type>(8).fill(INT), INT]))).toEqual([
    0,
    8,
    16,
    24,
    32,
    40,
    48,
    56,
    'sp+0',
  ]);
  expect(places('arm64', fn([record(24), INT], record(24)))).toEqual([0, 8]);
});

test('records by value read as their first word, everything else as its type', () => {
  const [first, second] = parameterPlaces('x64', fn([record(8), INT]), 'user');
  expect(first).toMatchObject({ type: { name: 'unsigned long' } });
  expect(second?.type).toBe(INT);
  expect(resultPlace('x64', INT)).toEqual({ type: INT, offset: 80, size: 8 });
});

test('of an unknown function there are ten words', () => {
  const words = argumentWords('x64', 'user');
  expect(words).toHaveLength(10);
  expect(words[9]).toMatchObject({ offset: 152, behind: { bytes: 32, space: 'user' } });
});
