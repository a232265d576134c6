/** Paths as texts: their parts, and their shortest form. */
import type { Expr } from '../../language/checked.js';
import { choose, isEqual, isZero, maskFor, not, within } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { copyString, type Destination, evaluateString, type StringValue } from '../strings.js';

const SLASH = '/'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);

interface Scanned {
  readonly text: StringValue;
  /** A copy of the text; behind it there is room for the result's capacity. */
  readonly base: V;
  /** First character of the last component and one past its last; both 0 where there is none. */
  readonly start: Cell;
  readonly end: Cell;
  /** One past the last character of the component before it. */
  readonly before: Cell;
}

/** Walks the path once and notes where its last component is. */
function lastComponent(code: Code, path: Expr, capacity: number): Scanned {
  const { b } = code;
  const text = evaluateString(code, path);
  const base = b.address(code.scratchBase, code.scratchOffset(text.capacity + capacity));
  copyString(code, text, { at: base, capacity: text.capacity });
  const [start, end, before] = [new Cell(code, imm(0)), new Cell(code, imm(0)), new Cell(code, imm(0))];
  const slash = new Cell(code, imm(1));
  const done = b.newLabel('scanned');
  repeat(code, text.capacity, (index) => {
    const c = b.load(1, b.alu('add', base, index));
    b.branch('==', c, imm(0), done);
    const separates = isEqual(code, c, imm(SLASH));
    const starts = b.alu('and', slash.get(), not(code, separates));
    slash.set(separates);
    start.set(choose(code, starts, index, start.get()));
    before.set(choose(code, starts, end.get(), before.get()));
    end.set(choose(code, separates, end.get(), b.alu('add', index, imm(1))));
  });
  b.label(done);
  return { text, base, start, end, before };
}

/** The last component of a path: "/" for slashes only, "." for nothing. */
export function basename(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const { text, base, start, end } = lastComponent(code, args[0]!, capacity);
  const last = text.capacity - 1;
  const result = b.move(base);
  const [named, out] = [b.newLabel('named'), b.newLabel('basename')];
  const to = end.index(last);
  b.branch('!=', to, imm(0), named);
  rootOrHere(code, base);
  b.jump(out);
  b.label(named);
  b.store(1, b.alu('add', base, to), 0, imm(0));
  b.assign(result, b.alu('add', base, start.index(last)));
  b.label(out);
  return { at: result, capacity };
}

/** All but the last component, without slashes at its end. */
export function dirname(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const { text, base, before } = lastComponent(code, args[0]!, capacity);
  const [inside, out] = [b.newLabel('inside'), b.newLabel('dirname')];
  const to = before.index(text.capacity - 1);
  b.branch('!=', to, imm(0), inside);
  rootOrHere(code, base);
  b.jump(out);
  b.label(inside);
  b.store(1, b.alu('add', base, to), 0, imm(0));
  b.label(out);
  return { at: base, capacity };
}

/** Where nothing is left: "/" if the path starts there, else ".". */
function rootOrHere(code: Code, base: V): void {
  const { b } = code;
  const root = b.newLabel('root');
  b.branch('==', b.load(1, base, 0), imm(SLASH), root);
  b.store(1, base, 0, imm(DOT));
  b.label(root);
  b.store(1, base, 1, imm(0));
}

/**
 * The path without ".", doubled slashes, and components that a ".." takes back. Read from its end, so that what a
 * ".." takes back comes after it: the result grows to the left.
 */
export function cleanpath(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const text = evaluateString(code, args[0]!);
  const room = maskFor(text.capacity + 1);
  // A slash before the text ends the loop; behind both buffers there is what the verifier imagines to be used.
  const base = b.address(code.scratchBase, code.scratchOffset(room + 8 + capacity));
  const output = b.address(code.scratchBase, code.scratchOffset(2 * (room + 1) + capacity));
  b.store(1, base, 0, imm(SLASH));
  const path = b.address(base, 1);
  const length = copyString(code, text, { at: path, capacity: text.capacity }).length!;
  const [at, end] = [new Cell(code, length), new Cell(code, b.alu('add', b.move(length), imm(1)))];
  const [up, left] = [new Cell(code, imm(0)), new Cell(code, imm(room))];
  b.store(1, output, room, imm(0));

  const done = b.newLabel('cleaned');
  repeat(code, text.capacity + 1, () => {
    const i = within(code, at.get(), room, done);
    component(code, { base, output, room, done }, i, { end, up, left });
    b.branch('==', i, imm(0), done);
    at.set(b.alu('sub', i, imm(1)));
  });
  b.label(done);
  return finishPath(code, { path, output, room, capacity }, { up, left });
}

interface Output {
  readonly base: V;
  readonly output: V;
  readonly room: number;
  readonly done: string;
}

/** What stands between `i`, if there is a slash, and the slash at `end`. */
function component(
  code: Code,
  { base, output, room, done }: Output,
  i: V,
  { end, up, left }: { readonly end: Cell; readonly up: Cell; readonly left: Cell },
): void {
  const { b } = code;
  const first = b.alu('add', base, i);
  const slash = isEqual(code, b.load(1, first, 0), imm(SLASH));
  const size = within(
    code,
    b.alu('mul', b.alu('sub', b.alu('sub', end.get(), i), imm(1)), slash),
    room,
    done,
  );
  end.set(choose(code, slash, i, end.get()));
  const dot = isEqual(code, b.load(1, first, 1), imm(DOT));
  const second = b.alu('and', dot, isEqual(code, b.load(1, first, 2), imm(DOT)));
  const here = b.alu('and', dot, isEqual(code, size, imm(1)));
  const parent = b.alu('and', second, isEqual(code, size, imm(2)));
  const named = not(code, b.alu('or', b.alu('or', here, parent), isZero(code, size)));
  const none = isZero(code, up.get());
  up.set(b.alu('sub', b.alu('add', up.get(), parent), b.alu('and', named, not(code, none))));
  // Nothing is copied for what is no component or is taken back.
  const kept = b.alu('and', named, none);
  const bytes = within(code, b.alu('mul', b.alu('add', size, imm(1)), kept), room, done);
  const start = within(code, b.alu('sub', left.get(), bytes), room, done);
  left.set(start);
  b.helper('bpf_probe_read_kernel', b.alu('add', output, start), bytes, first);
}

/** Puts ".." before a relative path that has some left, and says "/" or "." where nothing is. */
function finishPath(
  code: Code,
  { path, output, room, capacity }: { path: V; output: V; room: number; capacity: number },
  { up, left }: { readonly up: Cell; readonly left: Cell },
): StringValue {
  const { b } = code;
  const [absolute, empty, filled, out] = ['absolute', 'empty', 'filled', 'path'].map((hint) =>
    b.newLabel(hint),
  ) as [string, string, string, string];
  const result = b.register();
  const first = b.load(1, path, 0);
  b.branch('==', first, imm(SLASH), absolute);
  const done = b.newLabel('ups');
  repeat(code, Math.ceil(capacity / 3), () => {
    b.branch('==', up.get(), imm(0), done);
    up.add(imm(-1));
    const start = within(code, b.alu('sub', left.get(), imm(3)), room, done);
    const to = b.alu('add', output, start);
    b.store(1, to, 0, imm(SLASH));
    b.store(1, to, 1, imm(DOT));
    b.store(1, to, 2, imm(DOT));
    left.set(start);
  });
  b.label(done);
  // The slash before the first component is not part of a relative path.
  const relative = left.index(room);
  b.branch('==', relative, imm(room), empty);
  b.assign(result, b.alu('add', output, b.alu('add', relative, imm(1))));
  b.jump(out);
  b.label(absolute);
  const start = left.index(room);
  b.branch('==', start, imm(room), empty);
  b.assign(result, b.alu('add', output, start));
  b.jump(out);
  b.label(empty);
  b.assign(result, path);
  b.branch('==', b.load(1, path, 0), imm(0), out);
  b.branch('==', first, imm(SLASH), filled);
  b.store(1, path, 0, imm(DOT));
  b.label(filled);
  b.store(1, path, 1, imm(0));
  b.label(out);
  return { at: result, capacity };
}
