/** Finding a string in a string: Knuth, Morris and Pratt, so that no step is taken twice. */

import { Buffer } from 'node:buffer';
import type { Expr } from '../../language/checked.js';
import { bytesOfText } from '../../language/text-bytes.js';
import { choose, isEqual, isZero, maskFor, not, within } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { type Imm, imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { type Destination, evaluateString, lengthOf, type StringValue } from '../strings.js';
import { MAP } from '../unit.js';
import { sliceString } from './slice.js';

type Which = 'first' | 'last';

/** Bytes of one entry of the table of borders. */
const ENTRY = 2;

/** For every prefix of the text, the length of its longest proper border. */
export function borders(text: Uint8Array): number[] {
  const table = new Array<number>(text.length).fill(0);
  for (let i = 1, k = 0; i < text.length; i++) {
    while (k > 0 && text[i] !== text[k]) k = table[k - 1]!;
    if (text[i] === text[k]) k++;
    table[i] = k;
  }
  return table;
}

/** The table of borders: made now for a literal, else by the program. */
function borderTable(code: Code, text: StringValue): V {
  const { b } = code;
  if (text.literal !== undefined) {
    const table = borders(Buffer.from(bytesOfText(text.literal)));
    const bytes = Buffer.alloc((maskFor(text.capacity - 1) + 1) * ENTRY);
    table.forEach((entry, i) => {
      bytes.writeUInt16LE(entry, i * ENTRY);
    });
    return b.move({ map: MAP.constants, value: code.unit.constants.add(bytes) });
  }
  const last = text.capacity - 1;
  const table = b.address(code.scratchBase, code.scratchOffset(text.capacity * ENTRY));
  const entry = (at: V) => b.alu('add', table, b.alu('mul', at, imm(ENTRY)));
  const base = b.address(text.at);
  const i = new Cell(code, imm(1));
  const k = new Cell(code, imm(0));
  const done = b.newLabel('borders');
  b.store(ENTRY, table, 0, imm(0));
  b.branch('==', b.load(1, base, 0), imm(0), done);
  // Each step moves on in the text or shortens the border: twice the length is enough.
  repeat(code, 2 * text.capacity, () => {
    const at = within(code, i.get(), last, done);
    const x = b.load(1, b.alu('add', base, at));
    b.branch('==', x, imm(0), done);
    const length = within(code, k.get(), last, done);
    const same = isEqual(code, x, b.load(1, b.alu('add', base, length)));
    const none = isZero(code, length);
    const longer = b.alu('add', length, same);
    // Before the border is known, what stands there is overwritten by a later step.
    b.store(ENTRY, entry(at), 0, longer);
    i.add(b.alu('or', same, none));
    const before = within(code, b.alu('add', b.alu('sub', length, imm(1)), none), last, done);
    const shorter = b.alu('mul', b.load(ENTRY, entry(before)), not(code, none));
    k.set(choose(code, same, longer, shorter));
  });
  b.label(done);
  return table;
}

/** The bytes looked for; a literal's in a buffer of a size that is easy to stay in. */
function patternOf(code: Code, what: StringValue): { readonly base: V; readonly last: number } {
  const { b } = code;
  if (what.literal === undefined) return { base: b.address(what.at), last: what.capacity - 1 };
  const last = maskFor(what.capacity - 1);
  const bytes = Buffer.alloc(last + 1);
  bytes.set(bytesOfText(what.literal));
  return { base: b.move({ map: MAP.constants, value: code.unit.constants.add(bytes) }), last };
}

/**
 * Where `what` lies in `text`, or -1: the first place from `start` on, or the last one up to it. An empty text is
 * everywhere.
 */
function search(code: Code, text: StringValue, what: StringValue, which: Which, start?: V | Imm): Cell {
  const { b } = code;
  const { base: pattern, last: lastWhat } = patternOf(code, what);
  const last = text.capacity - 1;
  const found = new Cell(code, imm(-1));
  const done = b.newLabel('searched');
  const limit = which === 'last' ? startOfLast(code, text, what, start, found, done) : undefined;
  const from = which === 'first' ? startOfFirst(code, text, start, what, done) : imm(0);

  const base = b.address(text.at);
  const nonEmpty = b.newLabel('nonempty');
  b.branch('!=', b.load(1, pattern, 0), imm(0), nonEmpty);
  found.set(limit ?? from);
  b.jump(done);
  b.label(nonEmpty);

  const table = borderTable(code, what);
  const i = new Cell(code, from);
  const k = new Cell(code, imm(0));
  /** The border of the first `length` characters; 0 where `none` says that there are none. */
  const border = (length: V, none: V) => {
    const before = within(code, b.alu('add', b.alu('sub', length, imm(1)), none), lastWhat, done);
    const entry = b.load(ENTRY, b.alu('add', table, b.alu('mul', before, imm(ENTRY))));
    return b.alu('mul', entry, not(code, none));
  };
  repeat(code, 2 * text.capacity, () => {
    const at = within(code, i.get(), last, done);
    const x = b.load(1, b.alu('add', base, at));
    b.branch('==', x, imm(0), done);
    const matched = within(code, k.get(), lastWhat, done);
    const same = isEqual(code, x, b.load(1, b.alu('add', pattern, matched)));
    const none = isZero(code, matched);
    const next = b.alu('add', at, b.alu('or', same, none));
    i.set(next);
    const longer = b.alu('add', matched, imm(1));
    const more = within(code, choose(code, same, longer, border(matched, none)), lastWhat, done);
    const whole = b.alu('and', isZero(code, b.load(1, b.alu('add', pattern, more))), same);
    const place = b.alu('sub', next, more);
    if (limit === undefined) {
      k.set(more);
      found.set(choose(code, whole, place, found.get()));
      b.branch('!=', whole, imm(0), done);
    } else {
      const early = not(code, b.alu('rsh', b.alu('sub', limit, place), imm(63)));
      found.set(choose(code, b.alu('and', whole, early), place, found.get()));
      k.set(choose(code, whole, border(more, isZero(code, more)), more));
    }
  });
  b.label(done);
  return found;
}

/** From where a search for the first place starts: not before the text, nor behind its end. */
function startOfFirst(
  code: Code,
  text: StringValue,
  start: V | Imm | undefined,
  what: StringValue,
  none: string,
): V | Imm {
  if (start === undefined) return imm(0);
  const { b } = code;
  const from = b.move(start);
  const [positive, inside] = [b.newLabel('positive'), b.newLabel('inside')];
  b.branch('s>=', from, imm(0), positive);
  b.assign(from, imm(0));
  b.label(positive);
  const length = lengthOf(code, text);
  b.branch('s<=', from, length, inside);
  b.assign(from, length);
  b.branch('!=', b.load(1, b.address(what.at), 0), imm(0), none);
  b.label(inside);
  return from;
}

/** Up to where a match for the last place may start. Before the text there is nothing but the empty string. */
function startOfLast(
  code: Code,
  text: StringValue,
  what: StringValue,
  start: V | Imm | undefined,
  found: Cell,
  none: string,
): V {
  const { b } = code;
  const length = inRegister(code, lengthOf(code, text));
  if (start === undefined) return length;
  const limit = b.move(start);
  const [positive, inside, nothing] = [b.newLabel('positive'), b.newLabel('inside'), b.newLabel('nothing')];
  b.branch('s>=', limit, imm(0), positive);
  b.branch('!=', b.load(1, b.address(what.at), 0), imm(0), nothing);
  found.set(imm(0));
  b.label(nothing);
  b.jump(none);
  b.label(positive);
  b.branch('s<=', limit, length, inside);
  b.assign(limit, length);
  b.label(inside);
  return limit;
}

/** strstr(text, what): the rest of the text from there on. */
export function strstr(
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
): StringValue {
  const text = evaluateString(code, args[0]!);
  const what = evaluateString(code, args[1]!);
  return sliceString(code, text, search(code, text, what, 'first').get(), to, capacity);
}

const position =
  (which: Which) =>
  (code: Code, args: readonly Expr[]): Scalar => {
    return code.temporaries(() => {
      const text = evaluateString(code, args[0]!);
      const what = evaluateString(code, args[1]!);
      const start = args[2] && evaluate(code, args[2]);
      return search(code, text, what, which, start).get();
    });
  };

export const index = position('first');
export const rindex = position('last');
