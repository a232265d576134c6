/** Network and link addresses as text. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { spaceOf } from '../../language/types/queries.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister } from '../expression.js';
import { type Imm, imm, type V } from '../ir/ir.js';
import { asNumber } from '../memory.js';
import type { Destination, StringValue } from '../strings.js';
import { TextBuilder } from './text-builder.js';

const AF_INET = 2;
const AF_INET6 = 10;
const ARPHRD_ETHER = 1;
const ARPHRD_INFINIBAND = 32;

/** Longest texts with their NUL. */
const IPV4_TEXT = 16;
const IPV6_TEXT = 46;

type Write = (code: Code, bytes: V, text: TextBuilder) => void;

/** A copy of `size` bytes of what the expression points to. */
function bytesAt(code: Code, pointer: Expr, size: number): V {
  const { b } = code;
  const address = asNumber(code, evaluate(code, pointer));
  const to = b.address(code.scratchBase, code.scratchOffset(size));
  const helper = spaceOf(pointer.type) === 'user' ? 'bpf_probe_read_user' : 'bpf_probe_read_kernel';
  const status = b.helper(helper, to, imm(size), address);
  code.faultUnless('==', status, imm(0), Fault.badAddress, address);
  return to;
}

const writeIpv4: Write = (code, bytes, text) => {
  for (let i = 0; i < 4; i++) {
    if (i > 0) text.text('.');
    text.decimalByte(code.b.load(1, bytes, i));
  }
};

const writeLink =
  (size: number): Write =>
  (code, bytes, text) => {
    for (let i = 0; i < size; i++) {
      if (i > 0) text.text(':');
      const byte = code.b.load(1, bytes, i);
      text.hexDigit(code.b.alu('rsh', byte, imm(4)));
      text.hexDigit(code.b.alu('and', byte, imm(15)));
    }
  };

export function inetNtoa(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const text = new TextBuilder(code, IPV4_TEXT, capacity);
  writeIpv4(code, bytesAt(code, args[0]!, 4), text);
  return text.finish();
}

/** inet_ntoa6(address [, strict]): not strict, addresses that stand for IPv4 ones look like those. */
export function inetNtoa6(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const strict = args[1]?.kind === 'constant' && args[1].value !== 0n;
  const text = new TextBuilder(code, IPV6_TEXT, capacity);
  writeIpv6(strict)(code, bytesAt(code, args[0]!, 16), text);
  return text.finish();
}

export const inetNtop = byKind(
  [
    { kind: AF_INET, size: 4, write: writeIpv4 },
    { kind: AF_INET6, size: 16, write: writeIpv6(true) },
  ],
  IPV6_TEXT,
);

export const linkNtop = byKind(
  [
    { kind: ARPHRD_ETHER, size: 6, write: writeLink(6) },
    { kind: ARPHRD_INFINIBAND, size: 20, write: writeLink(20) },
  ],
  60,
);

interface Kind {
  readonly kind: number;
  readonly size: number;
  readonly write: Write;
}

/** A subroutine whose first argument says what the second one points to. */
function byKind(kinds: readonly Kind[], longest: number) {
  return (code: Code, args: readonly Expr[], _to: Destination | undefined, capacity: number): StringValue => {
    const { b } = code;
    const given = evaluate(code, args[0]!);
    const wanted =
      args[0]!.kind === 'constant' ? kinds.filter(({ kind }) => BigInt(kind) === (given as Imm).imm) : kinds;
    const text = new TextBuilder(code, longest, capacity);
    const out = b.newLabel('address');
    const kindOf = inRegister(code, given);
    for (const { kind, size, write } of wanted) {
      const other = b.newLabel('other');
      b.branch('!=', kindOf, imm(kind), other);
      code.region(() => write(code, bytesAt(code, args[1]!, size), text));
      b.jump(out);
      b.label(other);
    }
    code.fault(Fault.illegalOperation, imm(0));
    b.label(out);
    return text.finish();
  };
}

/** Eight groups; the longest run of two or more zero groups (the first of equal ones) is left out. */
function writeIpv6(strict: boolean): Write {
  return (code, bytes, text) => {
    const { b } = code;
    const group = (i: number) => b.swap(b.load(2, bytes, 2 * i), 16);
    const done = b.newLabel('ipv6');
    writeEmbedded(code, bytes, text, strict, done);
    const [best, longest, run] = [new Cell(code, imm(-1)), new Cell(code, imm(1)), new Cell(code, imm(0))];
    for (let i = 0; i < 8; i++) {
      const [zero, next] = [b.newLabel('zero'), b.newLabel('next')];
      b.branch('==', group(i), imm(0), zero);
      run.set(imm(0));
      b.jump(next);
      b.label(zero);
      run.add(imm(1));
      const length = run.get();
      b.branch('<=', length, longest.get(), next);
      longest.set(length);
      best.set(b.alu('sub', b.constant(i + 1), length));
      b.label(next);
    }
    for (let i = 0; i < 8; i++)
      writeGroup(code, text, { i, value: group(i), best: best.get(), longest: longest.get() });
    b.label(done);
  };
}

interface Group {
  readonly i: number;
  readonly value: V;
  readonly best: V;
  readonly longest: V;
}

function writeGroup(code: Code, text: TextBuilder, { i, value, best, longest }: Group): void {
  const { b } = code;
  const [shown, next] = [b.newLabel('shown'), b.newLabel('next')];
  // In the run that is left out: its first group writes "::", the others nothing.
  b.branch('s<', best, imm(0), shown);
  b.branch('s>', best, imm(i), shown);
  const end = b.alu('add', best, longest);
  b.branch('s<=', end, imm(i), shown);
  b.branch('!=', best, imm(i), next);
  text.text('::');
  b.jump(next);
  b.label(shown);
  if (i > 0) {
    const bare = b.newLabel('bare');
    // Behind the run its "::" separates already.
    const behind = b.alu('add', best, longest);
    const separate = b.newLabel('separate');
    b.branch('s<', best, imm(0), separate);
    b.branch('==', behind, imm(i), bare);
    b.label(separate);
    text.text(':');
    b.label(bare);
  }
  const last = b.newLabel('last');
  const digits = [3, 2, 1].map((n) => ({ n, label: b.newLabel(`digit${n}`) }));
  for (const { n, label } of digits) b.branch('>=', value, imm(1 << (4 * n)), label);
  b.jump(last);
  for (const { n, label } of digits) {
    b.label(label);
    text.hexDigit(b.alu('and', b.alu('rsh', value, imm(4 * n)), imm(15)));
  }
  b.label(last);
  text.hexDigit(b.alu('and', value, imm(15)));
  b.label(next);
}

/** ::ffff:a.b.c.d, and ::a.b.c.d beyond ::1; strictly, with what stands before the IPv4 address. */
function writeEmbedded(code: Code, bytes: V, text: TextBuilder, strict: boolean, done: string): void {
  const { b } = code;
  const [none, mapped, ipv4] = [b.newLabel('no-ipv4'), b.newLabel('mapped'), b.newLabel('ipv4')];
  b.branch('!=', b.load(8, bytes, 0), imm(0), none);
  const before = b.load(4, bytes, 8);
  b.branch('==', before, imm(0xffff0000n), mapped);
  b.branch('!=', before, imm(0), none);
  b.branch('==', b.load(2, bytes, 12), imm(0), none);
  if (strict) text.text('::');
  b.jump(ipv4);
  b.label(mapped);
  if (strict) text.text('::ffff:');
  b.label(ipv4);
  writeIpv4(code, b.address(bytes, 12), text);
  b.jump(done);
  b.label(none);
}
