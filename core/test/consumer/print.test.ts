import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { PrintShape } from '../../src/compiler/image.js';
import { printText } from '../../src/consumer/print.js';

const int: PrintShape = { kind: 'integer', name: 'int', size: 4, signed: true, character: false };
const char: PrintShape = { kind: 'integer', name: 'char', size: 1, signed: true, character: true };
const text: PrintShape = { kind: 'array', name: 'char [4]', size: 4, of: char };
const record: PrintShape = {
  kind: 'record',
  name: 'struct s',
  size: 12,
  members: [
    { name: 'a', bitOffset: 0, shape: int },
    { name: 'b', bitOffset: 32, shape: text },
    { name: 'low', bitOffset: 64, bitSize: 3, shape: int },
    { name: 'next', bitOffset: 67, bitSize: 5, shape: int },
  ],
};
const bytes = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x68, 0x69, 0, 0x7a, 0b00010_111, 0, 0, 0]);

describe('print', () => {
  it('shows members with their types, texts to their end, bit fields', () => {
    expect(printText({ pointer: false, shape: record }, [bytes], 8192).split('\n')).toEqual([
      '(struct s) {',
      ' .a = (int)-1,',
      ' .b = (char [4]) [',
      "  (char)'h',",
      "  (char)'i',",
      ' ],',
      ' .low = (int)-1,',
      ' .next = (int)2,',
      '}',
    ]);
  });
  it('shows what a pointer leads to, in its column', () => {
    const shown = printText({ pointer: true, shape: record }, [0x1000, Buffer.alloc(12)], 8192);
    const margin = ' '.repeat(44);
    expect(shown).toBe(`0x1000 = *\n${margin}(struct s) {\n${margin}}\n`);
  });
  it('stops where it is to stop', () => {
    expect(printText({ pointer: false, shape: record }, [bytes], 4)).toBe(
      '(struct s) {\n .a = (int)-1,\n ...\n}',
    );
  });
  it('marks where it stopped in a record of a record', () => {
    const nested: PrintShape = {
      kind: 'record',
      name: 'struct t',
      size: 16,
      members: [
        { name: 'in', bitOffset: 0, shape: record },
        { name: 'c', bitOffset: 96, shape: int },
      ],
    };
    expect(printText({ pointer: false, shape: nested }, [Buffer.concat([bytes, bytes])], 4)).toBe(
      '(struct t) {\n .in = (struct s) {\n  .a = (int)-1,\n  ...\n },\n}',
    );
  });
  it('shows plain numbers', () => {
    expect(printText({ pointer: false, shape: int }, [-7], 8192)).toBe('(int)-7');
  });
});
