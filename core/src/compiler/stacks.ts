/** Stacks and symbols of the user side in records and keys. */
import type { Expr } from '../language/checked.js';
import { pidTgid, runningTgid } from './builtins.js';
import type { Code } from './code.js';
import { evaluate } from './expression.js';
import type { Field } from './image.js';
import { imm, type Operand, type V } from './ir/ir.js';
import { walkUserStack } from './unwind/unwind.js';

const USER_STACK = 1 << 8;
const WORD = 8;

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
  if (user) b.store(8, base, 0, runningTgid(code));
  const target = b.address(base, frames);
  if (user && walks(code)) {
    const { at: walked, count } = walkUserStack(code, field.frames, {
      scripts: field.kind === 'ustack' && field.generated === true,
    });
    b.store(8, base, frames - 8, count);
    b.helper('bpf_probe_read_kernel', target, imm(size), walked);
    return frames + size;
  }
  const bytes = readStack(code, target, size, user ? 'user' : 'kernel');
  b.store(8, base, frames - 8, b.alu('rsh', bytes, imm(3)));
  return frames + size;
}

/** User stacks are walked by the program, not by the kernel's helper. */
export const walks = (code: Code): boolean => code.unit.options.ustackunwind !== 'fp';

/** Fills `size` bytes with return addresses, innermost first, and zeros; returns the bytes that are addresses. */
export function readStack(code: Code, at: Operand, size: number, side: 'kernel' | 'user'): V {
  const { b } = code;
  if (side === 'user' || !code.layout.frameGone || !code.has('get_func_ip'))
    return fill(code, at, size, side);
  code.storeAt(at, 0, WORD, b.helper('bpf_get_func_ip', code.ctx));
  if (size === WORD) return b.constant(WORD);
  const rest =
    typeof at === 'object' && 'stack' in at ? { ...at, offset: at.offset + WORD } : b.address(at, WORD);
  return b.alu('add', fill(code, rest, size - WORD, side), imm(WORD));
}

function fill(code: Code, at: Operand, size: number, side: 'kernel' | 'user'): V {
  const { b } = code;
  const flags = side === 'user' ? USER_STACK : (code.layout.ownFrames ?? 0);
  const bytes = b.move(b.helper('bpf_get_stack', code.ctx, at, imm(size), imm(flags)));
  const ok = b.newLabel('stack');
  b.branch('s>=', bytes, imm(0), ok);
  b.assign(bytes, imm(0));
  code.zero(at, 0, size);
  b.label(ok);
  return bytes;
}

/** Writes a `user-symbol` field: the process and the address. */
export function userSymbol(code: Code, at: Operand, offset: number, expr: Expr): number {
  const address = expr.kind === 'call' ? expr.arguments[0] : expr;
  if (!address) throw new Error('a user symbol needs an address');
  code.storeAt(at, offset, 8, code.b.alu('rsh', pidTgid(code), imm(32)));
  code.storeAt(at, offset + 8, 8, evaluate(code, address));
  return 16;
}
