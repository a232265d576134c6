/** probeprov, probemod, probefunc, probename as strings a program can look into. */
import { Buffer } from 'node:buffer';
import type { Code } from './code.js';
import { imm } from './ir/ir.js';
import { literal, type StringValue } from './strings.js';
import { MAP } from './unit.js';

const PARTS: Readonly<Record<string, 'provider' | 'module' | 'function' | 'name'>> = {
  probeprov: 'provider',
  probemod: 'module',
  probefunc: 'function',
  probename: 'name',
};

/**
 * A program that serves one probe knows the text; one that serves many finds it in a table of the constants, by
 * the probe's number in the program.
 */
export function probePart(code: Code, variable: string): StringValue {
  const part = PARTS[variable];
  if (!part) throw new Error(`no code for ${variable} as a string`);
  const names = code.probes.map((probe) => probe[part]);
  const [first] = names;
  if (first !== undefined && names.every((name) => name === first)) return literal(code, first);
  const { b } = code;
  const capacity = Math.ceil((Math.max(...names.map((name) => Buffer.byteLength(name))) + 1) / 8) * 8;
  const table = Buffer.alloc(capacity * names.length);
  names.forEach((name, i) => {
    table.write(name, i * capacity, 'utf8');
  });
  const offset = code.unit.constants.add(table);
  const index = code.once('probe-index-bounded', () => {
    const bounded = b.move(code.probeIndex);
    const ok = b.newLabel('known');
    b.branch('<', bounded, imm(names.length), ok);
    b.jump(code.done);
    b.label(ok);
    return bounded;
  });
  const at = b.alu('add', b.move({ map: MAP.constants, value: offset }), b.alu('mul', index, imm(capacity)));
  return { at, capacity, padded: true };
}
