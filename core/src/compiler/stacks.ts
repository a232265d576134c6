/** Stacks and symbols of the user side in records and keys. */
import type { Expr } from '../language/checked.js';
import { pidTgid } from './builtins.js';
import type { Code } from './code.js';
import { evaluate } from './expression.js';
import type { Field } from './image.js';
import { imm, type Operand } from './ir/ir.js';

const USER_STACK = 1 << 8;

/** Writes a `stack`/`ustack` field at `at`; returns its bytes. The helper clears what it does not fill. */
export function writeStack(
  code: Code,
  at: Operand,
  field: Extract<Field, { kind: 'stack' | 'ustack' }>,
): number {
  const { b } = code;
  const user = field.kind === 'ustack';
  const frames = user ? 16 : 8;
  const size = field.frames * 8;
  const base = b.address(at);
  if (user) b.store(8, base, 0, b.alu('rsh', pidTgid(code), imm(32)));
  const target = b.address(base, frames);
  const bytes = b.move(b.helper('bpf_get_stack', code.ctx, target, imm(size), imm(user ? USER_STACK : 0)));
  const ok = b.newLabel('stack');
  b.branch('s>=', bytes, imm(0), ok);
  b.assign(bytes, imm(0));
  code.zero(target, 0, size);
  b.label(ok);
  b.store(8, base, frames - 8, b.alu('rsh', bytes, imm(3)));
  return frames + size;
}

/** Writes a `user-symbol` field: the process and the address. */
export function userSymbol(code: Code, at: Operand, offset: number, expr: Expr): number {
  const address = expr.kind === 'call' ? expr.arguments[0] : expr;
  if (!address) throw new Error('a user symbol needs an address');
  code.storeAt(at, offset, 8, code.b.alu('rsh', pidTgid(code), imm(32)));
  code.storeAt(at, offset + 8, 8, evaluate(code, address));
  return 16;
}
