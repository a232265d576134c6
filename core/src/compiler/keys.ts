/** Keys of maps: tuples of values, each at its place, everything between them zero. */
import type { Expr } from '../language/checked.js';
import type { Code } from './code.js';
import { evaluate, normalise, type Scalar, scalarWidth } from './expression.js';
import { stackFrames } from './fields.js';
import type { Field } from './image.js';
import type { Operand, V } from './ir/ir.js';
import { userSymbol, writeStack } from './stacks.js';
import { copyString, evaluateString } from './strings.js';
import { copyMemory } from './variables.js';

export interface Key {
  readonly at: Operand;
  release(): void;
}

export function buildKey(
  code: Code,
  fields: readonly Field[],
  size: number,
  exprs: readonly Expr[],
  prefix?: (code: Code) => V,
): Key {
  // Values first: evaluating one may call helpers, and must not see a key half built in registers.
  const space = code.space(size);
  let end = 0;
  if (prefix) {
    code.storeAt(space.at, 0, 8, prefix(code));
    end = 8;
  }
  fields.forEach((field, i) => {
    code.zero(space.at, end, field.offset - end);
    end = Math.max(end, field.offset);
    if (field.kind === 'integer' && field.size < 8 && end === field.offset && end % 8 === 0) {
      // A word filled in parts is cleared whole: parts do not make the verifier forget what was there.
      code.zero(space.at, end, 8);
      end += 8;
    }
    end = Math.max(end, field.offset + writeField(code, space.at, field, exprs[i]!));
  });
  code.zero(space.at, end, size - end);
  return space;
}

/** Strings that come from memory in one piece: nothing but their bytes is written where they are wanted. */
const isRead = (expr: Expr): boolean =>
  expr.kind === 'stringof' || (expr.kind === 'call' && expr.name === 'copyinstr');

/** Writes one value into a key; returns the bytes it filled. */
function writeField(code: Code, at: Operand, field: Field, expr: Expr): number {
  switch (field.kind) {
    case 'integer':
      code.storeAt(at, field.offset, field.size, integerKey(code, keyScalar(expr), field.size));
      return field.size;
    case 'string': {
      const to = { at: place(code, at, field.offset), capacity: Math.ceil(field.size / 8) * 8 };
      const exact = { at: to.at, capacity: field.size };
      if (isRead(expr)) {
        // Read straight into the key; the zeros behind it must be there before.
        code.zero(to.at, 0, to.capacity);
        const value = evaluateString(code, expr, exact);
        if (value.at !== exact.at) copyString(code, value, to, true);
      } else {
        const padded = expr.kind === 'builtin';
        copyString(code, evaluateString(code, expr, padded ? exact : undefined), to, true);
      }
      return to.capacity;
    }
    case 'bytes': {
      copyMemory(code, place(code, at, field.offset), field.size, code.b.move(evaluate(code, expr)));
      return field.size;
    }
    case 'stack':
    case 'ustack': {
      const frames = stackFrames(expr, code.unit.options);
      const written = writeStack(code, place(code, at, field.offset), { ...field, frames });
      code.zero(at, field.offset + written, (field.frames - frames) * 8);
      return written + (field.frames - frames) * 8;
    }
    case 'user-symbol':
      return userSymbol(code, at, field.offset, expr);
    case 'probe':
      code.storeAt(at, field.offset, 4, code.probeId);
      return 4;
    case 'long-string':
      throw new Error('keys hold strings in place');
  }
}

/** Where another use of the key is wider, the value is first what its own type makes of it. */
function integerKey(code: Code, expr: Expr, size: number): Scalar {
  const value = evaluate(code, expr);
  return size > scalarWidth(expr.type) ? normalise(code, value, expr.type) : value;
}

/** sym(address), func(address), mod(address): the key is the address. */
export function keyScalar(expr: Expr): Expr {
  return expr.kind === 'call' && SYMBOLIC.has(expr.name) && expr.arguments[0] ? expr.arguments[0] : expr;
}

const SYMBOLIC = new Set(['sym', 'func', 'mod']);

export function place(code: Code, at: Operand, offset: number): Operand {
  if (typeof at === 'object' && 'stack' in at) return { stack: at.stack, offset: at.offset + offset };
  return offset === 0 ? at : code.b.address(at, offset);
}
