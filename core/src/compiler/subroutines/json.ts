/**
 * json(text, selector): the value that `a.b[2].c` selects, as it is written there; strings without their quotes. Text
 * that is no JSON up to that value has no such value, and there is none where the path leads nowhere.
 */
import { Buffer } from 'node:buffer';
import type { Expr } from '../../language/checked.js';
import { isBetween, isEqual, maskFor } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { type Imm, imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { type Destination, evaluateString, type StringValue } from '../strings.js';
import { MAP } from '../unit.js';
import { sliceString } from './slice.js';

const ascii = (character: string): Imm => imm(character.charCodeAt(0));

/** What the next character is part of. The states before `string` pass over white space. */
const State = {
  start: 0,
  /** Before a key. */
  object: 1,
  colon: 2,
  comma: 3,
  value: 4,
  string: 5,
  escape: 6,
  unicode: 7,
  word: 8,
  number: 9,
  fraction: 10,
  exponent: 11,
  /** Inside an object or array that is passed over or taken whole. */
  nested: 12,
  /** Not about the text: goes on to the next part of the selector, … */
  nextPart: 13,
  /** … and reads it as an index. */
  index: 14,
} as const;

/** What a string is. */
const Role = { value: 0, key: 1, nested: 2 } as const;

/** An index that no element has. */
const NOWHERE = 1 << 24;

interface Selector {
  /** Parts, each ended by a NUL. */
  readonly base: V;
  readonly mask: number;
  readonly count: V | Imm;
}

/** `a.b[2]` as its parts: dots and brackets only separate, and one at the front says nothing. */
export function selectorParts(text: Uint8Array): { readonly bytes: Buffer; readonly count: number } {
  const bytes: number[] = [];
  let count = 1;
  text.forEach((c, i) => {
    if ((i === 0 && c === 0x5b) || c === 0x5d) return;
    const separates = c === 0x2e || c === 0x5b;
    if (separates) count++;
    bytes.push(separates ? 0 : c);
  });
  return { bytes: Buffer.from([...bytes, 0]), count };
}

function selectorOf(code: Code, expr: Expr): Selector {
  const { b } = code;
  const text = evaluateString(code, expr);
  if (text.literal !== undefined) {
    const { bytes, count } = selectorParts(Buffer.from(text.literal, 'utf8'));
    const mask = maskFor(bytes.length);
    const padded = Buffer.concat([bytes, Buffer.alloc(mask + 1 - bytes.length)]);
    return {
      base: b.move({ map: MAP.constants, value: code.unit.constants.add(padded) }),
      mask,
      count: imm(count),
    };
  }
  const mask = maskFor(text.capacity);
  const base = b.address(code.scratchBase, code.scratchOffset(mask + 1));
  const from = b.address(text.at);
  const [size, count] = [new Cell(code, imm(0)), new Cell(code, imm(1))];
  const done = b.newLabel('selector');
  repeat(code, text.capacity, (i) => {
    const c = b.load(1, b.alu('add', from, i));
    const to = b.alu('add', base, b.alu('and', size.get(), imm(mask)));
    b.store(1, to, 0, imm(0));
    b.branch('==', c, imm(0), done);
    const [kept, next, separator] = [b.newLabel('kept'), b.newLabel('next'), b.newLabel('separator')];
    b.branch('==', c, ascii(']'), next);
    b.branch('==', c, ascii('.'), separator);
    b.branch('!=', c, ascii('['), kept);
    b.branch('==', i, imm(0), next);
    b.label(separator);
    count.add(imm(1));
    size.add(imm(1));
    b.jump(next);
    b.label(kept);
    b.store(1, to, 0, c);
    size.add(imm(1));
    b.label(next);
  });
  b.label(done);
  return { base, mask, count: count.get() };
}

export function json(
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
): StringValue {
  const text = evaluateString(code, args[0]!);
  return new JsonReader(code, text, selectorOf(code, args[1]!)).read(to, capacity);
}

class JsonReader {
  private readonly text: V;
  private readonly last: number;
  /** The value read last. */
  private readonly out: V;
  private readonly outMask: number;
  private readonly size: Cell;
  private readonly state: Cell;
  private readonly at: Cell;
  /** Whether the value that comes, or is being read, is the one of the current part. */
  private readonly found: Cell;
  private readonly role: Cell;
  /** Where the current part is in the selector, how many come with it, and how far a key agrees with it. */
  private readonly part: Cell;
  private readonly rest: Cell;
  private readonly compared: Cell;
  private readonly agrees: Cell;
  /** Of the array being read, if it is one. */
  private readonly inArray: Cell;
  private readonly wanted: Cell;
  private readonly position: Cell;
  private readonly hexDigits: Cell;
  private readonly braces: Cell;
  private readonly brackets: Cell;
  /** Where the value starts in `out`, or -1. */
  private readonly result: Cell;
  private readonly done: string;
  private next = '';

  constructor(
    private readonly code: Code,
    private readonly source: StringValue,
    private readonly selector: Selector,
  ) {
    const cell = (value: V | Imm = imm(0)) => new Cell(code, value);
    this.text = code.b.address(source.at);
    this.last = source.capacity - 1;
    this.outMask = maskFor(source.capacity + 8);
    this.out = code.b.address(code.scratchBase, code.scratchOffset(this.outMask + 1));
    [this.size, this.state, this.at, this.found] = [cell(), cell(), cell(), cell()];
    [this.role, this.part, this.rest, this.compared] = [cell(), cell(), cell(selector.count), cell()];
    [this.agrees, this.inArray, this.wanted, this.position] = [cell(), cell(), cell(), cell()];
    [this.hexDigits, this.braces, this.brackets, this.result] = [cell(), cell(), cell(), cell(imm(-1))];
    this.done = code.b.newLabel('json');
  }

  read(to: Destination | undefined, capacity: number): StringValue {
    const { code, done } = this;
    const { b } = code;
    // A character may end a value and then be looked at again; the selector is gone through once more.
    const turns = 2 * this.source.capacity + 2 * (this.selector.mask + 1);
    repeat(code, turns, () => {
      this.next = b.newLabel('next');
      const at = this.at.get();
      b.branch('>', at, imm(this.last), done);
      const c = b.load(1, b.alu('add', this.text, at));
      b.branch('==', c, imm(0), done);
      this.at.set(b.alu('add', at, imm(1)));
      const state = this.state.get();
      this.skipSpace(c, state);
      for (const [name, step] of Object.entries(this.steps)) {
        const other = b.newLabel('other');
        b.branch('!=', state, imm(State[name as keyof typeof State]), other);
        code.region(() => step(c));
        b.label(other);
      }
      b.label(this.next);
    });
    b.label(done);
    const value: StringValue = { at: this.out, capacity: this.source.capacity };
    return sliceString(code, value, this.result.get(), to, capacity, this.size.get());
  }

  private skipSpace(c: V, state: V): void {
    const { b } = this.code;
    const significant = b.newLabel('significant');
    b.branch('>=', state, imm(State.string), significant);
    b.branch('==', c, ascii(' '), this.next);
    b.branch('!=', isBetween(this.code, c, 9, 13), imm(0), this.next);
    b.label(significant);
  }

  /** Each ends the turn: with a jump to `next`, or to `done` where the text has no such value. */
  private readonly steps: Readonly<Record<keyof typeof State, (c: V) => void>> = {
    start: (c) => {
      this.on(c, '{', () => this.go('object'));
      this.on(c, '[', () => this.enterArray('index'));
      this.fail();
    },
    object: (c) => {
      this.on(c, '"', () => {
        this.agrees.set(imm(1));
        this.compared.set(this.part.get());
        this.startString(Role.key);
      });
      this.fail();
    },
    colon: (c) => {
      this.on(c, ':', () => this.go('value'));
      this.fail();
    },
    comma: (c) => {
      this.on(c, ',', () => {
        this.unless('==', this.inArray.get(), imm(0), () => {
          const position = this.code.b.alu('add', this.position.get(), imm(1));
          this.position.set(position);
          this.found.set(isEqual(this.code, position, this.wanted.get()));
          this.go('value');
        });
        this.go('object');
      });
      this.fail();
    },
    value: (c) => {
      this.on(c, '{', () => this.enter(c, false));
      this.on(c, '[', () => this.enter(c, true));
      this.on(c, '"', () => this.startString(Role.value));
      this.when(isBetween(this.code, c, 0x61, 0x7a), () => this.append(c, 'word'));
      this.on(c, '-', () => this.append(c, 'number'));
      this.when(this.isDigit(c), () => this.append(c, 'number'));
      this.fail();
    },
    string: (c) => {
      this.on(c, '\\', () => this.append(c, 'escape'));
      this.on(c, '"', () => this.endString(c));
      this.append(c);
    },
    escape: (c) => {
      this.on(c, 'u', () => {
        this.hexDigits.set(imm(0));
        this.append(c, 'unicode');
      });
      this.append(c, 'string');
    },
    unicode: (c) => {
      const { code } = this;
      const { b } = code;
      const hex = b.alu(
        'or',
        isBetween(code, b.alu('or', c, imm(0x20)), 0x61, 0x66),
        isBetween(code, c, 0x30, 0x39),
      );
      b.branch('==', hex, imm(0), this.done);
      this.hexDigits.add(imm(1));
      this.unless('<', this.hexDigits.get(), imm(4), () => this.append(c, 'string'));
      this.append(c);
    },
    word: (c) => {
      this.when(isBetween(this.code, c, 0x61, 0x7a), () => this.append(c));
      this.endWord();
    },
    number: (c) => {
      const { b } = this.code;
      this.on(c, '.', () => this.append(c, 'fraction'));
      b.branch('==', b.alu('or', c, imm(0x20)), ascii('x'), this.done);
      this.fraction(c);
    },
    fraction: (c) => this.fraction(c),
    exponent: (c) => {
      this.on(c, '+', () => this.append(c));
      this.on(c, '-', () => this.append(c));
      this.digits(c);
    },
    nested: (c) => {
      const { b } = this.code;
      this.on(c, '"', () => {
        this.role.set(imm(Role.nested));
        this.append(c, 'string');
      });
      this.count(c, '{', '}', this.braces);
      this.count(c, '[', ']', this.brackets);
      const open = b.alu('or', this.braces.get(), this.brackets.get());
      this.unless('!=', open, imm(0), () => {
        this.store(c);
        this.endValue();
      });
      this.append(c);
    },
    nextPart: () => {
      const { b } = this.code;
      this.again();
      const at = b.alu('and', this.part.get(), imm(this.selector.mask));
      this.part.set(b.alu('add', at, imm(1)));
      const character = b.load(1, b.alu('add', this.selector.base, at));
      b.branch('!=', character, imm(0), this.next);
      this.unless('==', this.inArray.get(), imm(0), () => this.enterArray('index'));
      this.go('object');
    },
    index: () => {
      const { code } = this;
      const { b } = code;
      this.again();
      const at = b.alu('and', this.compared.get(), imm(this.selector.mask));
      const digit = b.load(1, b.alu('add', this.selector.base, at));
      this.when(this.isDigit(digit), () => {
        this.compared.set(b.alu('add', at, imm(1)));
        const wanted = b.move(this.wanted.get());
        this.unless('>', wanted, imm(NOWHERE), () => {
          const value = b.alu('mul', wanted, imm(10));
          this.wanted.set(b.alu('add', value, b.alu('sub', digit, ascii('0'))));
        });
        this.go('index');
      });
      // No element has a negative number.
      const negative = b.alu('and', isEqual(code, digit, ascii('-')), isEqual(code, at, this.part.get()));
      this.when(negative, () => this.wanted.set(imm(NOWHERE)));
      this.found.set(isEqual(code, b.move(this.wanted.get()), imm(0)));
      this.go('value');
    },
  };

  private fraction(c: V): void {
    this.on(c, 'e', () => this.append(c, 'exponent'));
    this.on(c, 'E', () => this.append(c, 'exponent'));
    this.code.b.branch('==', c, ascii('+'), this.done);
    this.code.b.branch('==', c, ascii('-'), this.done);
    this.digits(c);
  }

  private digits(c: V): void {
    this.when(this.isDigit(c), () => this.append(c));
    this.again();
    this.endValue();
  }

  private isDigit(c: V): V {
    return isBetween(this.code, c, 0x30, 0x39);
  }

  /** An object or array where a value stands: the path leads into it, or it is a value like others. */
  private enter(c: V, array: boolean): void {
    const { b } = this.code;
    const whole = b.newLabel('whole');
    b.branch('==', this.found.get(), imm(0), whole);
    b.branch('<=', this.rest.get(), imm(1), whole);
    this.rest.add(imm(-1));
    this.found.set(imm(0));
    this.inArray.set(imm(array ? 1 : 0));
    this.go('nextPart');
    b.label(whole);
    this.braces.set(imm(array ? 0 : 1));
    this.brackets.set(imm(array ? 1 : 0));
    this.append(c, 'nested');
  }

  private enterArray(state: keyof typeof State): void {
    this.inArray.set(imm(1));
    this.position.set(imm(0));
    this.wanted.set(imm(0));
    this.compared.set(this.part.get());
    this.go(state);
  }

  private startString(role: number): void {
    this.role.set(imm(role));
    this.go('string');
  }

  private endString(c: V): void {
    const { b } = this.code;
    const role = b.move(this.role.get());
    this.unless('!=', role, imm(Role.nested), () => this.append(c, 'nested'));
    this.unless('!=', role, imm(Role.key), () => {
      const end = isEqual(this.code, this.partCharacter(), imm(0));
      this.found.set(b.alu('and', end, this.agrees.get()));
      this.size.set(imm(0));
      this.go('colon');
    });
    this.endValue();
  }

  /** The character of the selector that the next one of a key is compared with. */
  private partCharacter(): V {
    const { b } = this.code;
    const at = b.alu('and', this.compared.get(), imm(this.selector.mask));
    return b.load(1, b.alu('add', this.selector.base, at));
  }

  private endWord(): void {
    const { b } = this.code;
    this.store(imm(0), false);
    const known = b.newLabel('known');
    const first = b.load(4, this.out);
    const fifth = b.load(1, this.out, 4);
    for (const word of ['true', 'null']) {
      const other = b.newLabel('other');
      b.branch('!=', first, imm(Buffer.from(word).readUInt32LE()), other);
      b.branch('==', fifth, imm(0), known);
      b.label(other);
    }
    b.branch('!=', first, imm(Buffer.from('fals').readUInt32LE()), this.done);
    b.branch('!=', fifth, ascii('e'), this.done);
    b.branch('!=', b.load(1, this.out, 5), imm(0), this.done);
    b.label(known);
    this.again();
    this.endValue();
  }

  /** A value is read: it is the one, or there is another. */
  private endValue(): void {
    const { b } = this.code;
    this.unless('==', this.found.get(), imm(0), () => {
      b.branch('>', this.rest.get(), imm(1), this.done);
      this.result.set(imm(0));
      b.jump(this.done);
    });
    this.size.set(imm(0));
    this.go('comma');
  }

  private count(c: V, opening: string, closing: string, depth: Cell): void {
    const { b } = this.code;
    const [other, counted] = [b.newLabel('other'), b.newLabel('counted')];
    b.branch('!=', c, ascii(opening), other);
    depth.add(imm(1));
    b.jump(counted);
    b.label(other);
    b.branch('!=', c, ascii(closing), counted);
    b.branch('==', depth.get(), imm(0), this.done);
    depth.add(imm(-1));
    b.label(counted);
  }

  /** Adds a character to the value, or to the key, which is compared on the way. */
  private store(c: V | Imm, counts = true): void {
    const { b } = this.code;
    const at = b.alu('and', this.size.get(), imm(this.outMask));
    b.store(1, b.alu('add', this.out, at), 0, c);
    if (counts) this.size.set(b.alu('add', at, imm(1)));
  }

  private append(c: V, state?: keyof typeof State): void {
    const { code } = this;
    const { b } = code;
    this.store(c);
    this.unless('!=', this.role.get(), imm(Role.key), () => {
      const same = isEqual(code, this.partCharacter(), c);
      this.agrees.set(b.alu('and', this.agrees.get(), same));
      this.compared.add(imm(1));
      this.end(state);
    });
    this.end(state);
  }

  private end(state: keyof typeof State | undefined): void {
    if (state === undefined) this.code.b.jump(this.next);
    else this.go(state);
  }

  private go(state: keyof typeof State): void {
    this.state.set(imm(State[state]));
    this.code.b.jump(this.next);
  }

  private fail(): void {
    this.code.b.jump(this.done);
  }

  /** The character is looked at once more in the next turn. */
  private again(): void {
    this.at.add(imm(-1));
  }

  private on(c: V, character: string, write: () => void): void {
    this.unless('!=', c, ascii(character), write);
  }

  private when(flag: V, write: () => void): void {
    this.unless('==', flag, imm(0), write);
  }

  private unless(condition: '==' | '!=' | '<' | '>', a: V, b: V | Imm, write: () => void): void {
    const over = this.code.b.newLabel('over');
    this.code.b.branch(condition, a, b, over);
    this.code.region(write);
    this.code.b.label(over);
  }
}
