/** Struct values made on the spot (`xlate`): member by member in scratch space. */
import type { ExprOf } from '../language/checked.js';
import { isString, resolve, sizeOf } from '../language/types/queries.js';
import type { Code } from './code.js';
import { evaluate, inRegister, scalarWidth } from './expression.js';
import { imm, type V } from './ir/ir.js';
import { copyString, evaluateString } from './strings.js';
import { copyMemory } from './variables.js';

export function buildRecord(code: Code, expr: ExprOf<'record'>): V {
  const { b } = code;
  const { strsize } = code.unit.options;
  const size = sizeOf(expr.type, strsize) ?? 8;
  const base = b.address(code.scratchBase, code.scratchOffset(size));
  code.zero(base, 0, size);
  for (const { member, value } of expr.members) {
    const offset = Math.floor(member.bitOffset / 8);
    const { kind } = resolve(member.type);
    const bytes = sizeOf(member.type, strsize) ?? 8;
    if (isString(member.type)) {
      copyString(code, evaluateString(code, value), { at: b.address(base, offset), capacity: bytes });
    } else if (kind === 'struct' || kind === 'union' || kind === 'array') {
      const from = inRegister(code, evaluate(code, value));
      copyMemory(code, b.address(base, offset), bytes, from);
    } else if (member.bitSize !== undefined) {
      const width = scalarWidth(member.type);
      const unit = Math.floor(member.bitOffset / (width * 8)) * width;
      const shift = member.bitOffset - unit * 8;
      const mask = ((1n << BigInt(member.bitSize)) - 1n) << BigInt(shift);
      const bits = b.alu('and', b.alu('lsh', inRegister(code, evaluate(code, value)), imm(shift)), imm(mask));
      b.store(width, base, unit, b.alu('or', b.load(width, base, unit), bits));
    } else {
      const from = evaluate(code, value);
      b.store(scalarWidth(member.type), base, offset, from);
    }
  }
  return base;
}
