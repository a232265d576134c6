import { expect, it } from 'vitest';
import { functionName, functionTable, type SymbolTable } from '../../src/host/elf/function-table.js';

const LOCAL = 0;
const GLOBAL = 1;
const FUNCTION = 2;

/** [name, binding, address] of functions of eight bytes. */
function table(...entries: readonly (readonly [string, number, number])[]): SymbolTable {
  const symbols = Buffer.alloc(24 * entries.length);
  let strings = '\0';
  entries.forEach(([name, binding, address], i) => {
    const at = 24 * i;
    symbols.writeUInt32LE(strings.length, at);
    symbols[at + 4] = (binding << 4) | FUNCTION;
    symbols.writeUInt16LE(1, at + 6);
    symbols.writeBigUInt64LE(BigInt(address), at + 8);
    symbols.writeBigUInt64LE(8n, at + 16);
    strings += `${name}\0`;
  });
  return { symbols, strings: Buffer.from(strings) };
}

const names = (...tables: SymbolTable[]): string[] => {
  const found = functionTable(tables);
  return Array.from(found.names, (_, i) => functionName(found, i));
};

it('is in the order of addresses', () => {
  expect(names(table(['b', GLOBAL, 32], ['a', GLOBAL, 16]), table(['c', GLOBAL, 24]))).toEqual([
    'a',
    'c',
    'b',
  ]);
});

it('puts the name that people use first', () => {
  expect(
    names(table(['read.localalias', LOCAL, 16], ['__libc_read', GLOBAL, 16], ['read@@V1', GLOBAL, 16])),
  ).toEqual(['read', '__libc_read', 'read.localalias']);
  expect(names(table(['___x', GLOBAL, 8], ['_x', GLOBAL, 8], ['__x', GLOBAL, 8]))).toEqual([
    '_x',
    '__x',
    '___x',
  ]);
});
