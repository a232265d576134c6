import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fileBytes } from '../../src/host/elf/byte-source.js';
import { ElfStructure } from '../../src/host/elf/elf-file.js';
import { unwindArchitectures } from '../../src/host/unwind/architecture.js';
import { evaluate } from '../../src/host/unwind/expression.js';
import type { Saved } from '../../src/host/unwind/rules.js';
import { type UnwindTable, unwindTable } from '../../src/host/unwind/table.js';

const x64 = unwindArchitectures.get(62)!;
const LIBRARY = '/lib/x86_64-linux-gnu/libc.so.6';
const readelf = spawnSync('readelf', ['--version']).status === 0;

/** The rule that holds at an address, in the words readelf prints. */
function ruleText({ base, pcs, rules, distinct }: UnwindTable, address: number): string {
  let [low, high] = [0, pcs.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (base + pcs[middle]! <= address) low = middle;
    else high = middle;
  }
  const rule = distinct[rules[low]!]!;
  if (rule.frame !== 'base') return rule.frame;
  const place = ({ in: where, offset }: Saved) =>
    where === 'register' ? 'u' : where === 'frame' ? `c${signed(offset)}` : where;
  const register = x64.words.indexOf(rule.base);
  return `r${register}${signed(rule.offset)} ${place(rule.framePointer)} ${place(rule.returnAddress)}`;
}

const signed = (value: number): string => (value < 0 ? `${value}` : `+${value}`);

const NAMES = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'];

/** Rows of `readelf -wF`: address → rule. */
function readelfRules(path: string): Map<number, string> {
  const { stdout } = spawnSync('readelf', ['-wF', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const rules = new Map<number, string>();
  let columns: string[] = [];
  let function_ = false;
  for (const line of stdout.split('\n')) {
    const parts = line.trim().split(/\s+/);
    if (line.includes(' FDE ')) function_ = true;
    else if (line.includes(' CIE ')) function_ = false;
    else if (parts[0] === 'LOC') columns = parts;
    else if (/^[0-9a-f]{16}$/.test(parts[0] ?? '') && parts.length === columns.length && function_) {
      const column = (name: string) => parts[columns.indexOf(name)] ?? 'u';
      const [, register = '', offset = ''] = /^(\w+)([+-]\d+)$/.exec(column('CFA')) ?? [];
      const number = NAMES.includes(register) ? NAMES.indexOf(register) : Number(register.slice(1));
      const text = register === '' ? 'other' : `r${number}${offset} ${column('rbp')} ${column('ra')}`;
      rules.set(Number.parseInt(parts[0]!, 16), column('ra') === 'u' ? 'end' : text);
    }
  }
  return rules;
}

describe('expressions of call frame information', () => {
  test('the one of procedure linkage tables depends on the address', () => {
    // breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus
    const plt = Uint8Array.of(0x77, 8, 0x80, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22);
    expect(evaluate(plt, 0x1020, x64)).toEqual({ base: 7, offset: 8 });
    expect(evaluate(plt, 0x102a, x64)).toEqual({ base: 7, offset: 8 });
    expect(evaluate(plt, 0x102b, x64)).toEqual({ base: 7, offset: 16 });
  });

  test('memory behind a register, and no others', () => {
    expect(evaluate(Uint8Array.of(0x76, 0x78, 0x06), 0, x64)).toEqual({ base: 6, offset: -8, plus: 0 });
    expect(evaluate(Uint8Array.of(0x77, 0xa0, 1, 0x06, 0x23, 8), 0, x64)).toEqual({
      base: 7,
      offset: 160,
      plus: 8,
    });
    expect(evaluate(Uint8Array.of(0x76, 0, 0x77, 0, 0x22), 0, x64)).toBeUndefined();
    expect(evaluate(Uint8Array.of(0x22), 0, x64)).toBeUndefined();
  });
});

describe('unwind tables', () => {
  test.skipIf(!readelf || !existsSync(LIBRARY))('say of every row of a library what readelf says', () => {
    const table = unwindTable(ElfStructure.read(fileBytes(LIBRARY))!)!;
    const wanted = readelfRules(LIBRARY);
    expect(wanted.size).toBeGreaterThan(10_000);
    const wrong: string[] = [];
    for (const [address, text] of wanted) {
      const found = ruleText(table, address);
      if (found !== text && text !== 'other') wrong.push(`${address.toString(16)}: ${found}, not ${text}`);
    }
    expect(wrong).toEqual([]);
  });
});
