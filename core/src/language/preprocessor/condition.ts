/** The expressions of #if and #elif: C's, in 64 bits, with every name that is left being 0. */
import { decodeEscapes } from '../lexer/escapes.js';
import { readNumber } from '../lexer/numbers.js';
import type { MessageId } from '../messages.js';
import { bytesOfText } from '../text-bytes.js';
import { isGap, type PpToken } from './tokens.js';

interface Value {
  readonly bits: bigint;
  readonly unsigned: boolean;
}

export class ConditionError extends Error {
  override readonly name = 'ConditionError';
  constructor(
    readonly id: MessageId,
    readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(id);
  }
}

type Operation = (a: bigint, b: bigint, unsigned: boolean) => bigint;
const truth = (value: boolean): bigint => (value ? 1n : 0n);

const divided =
  (apply: (a: bigint, b: bigint) => bigint): Operation =>
  (a, b) => {
    if (b === 0n) throw new ConditionError('preprocessor.division');
    return apply(a, b);
  };

/** Precedence and meaning. Comparison and logic yield plain ints whatever the operands are. */
const operators: Readonly<Record<string, { level: number; logical?: boolean; apply: Operation }>> = {
  '||': { level: 1, logical: true, apply: (a, b) => truth(a !== 0n || b !== 0n) },
  '&&': { level: 2, logical: true, apply: (a, b) => truth(a !== 0n && b !== 0n) },
  '|': { level: 3, apply: (a, b) => a | b },
  '^': { level: 4, apply: (a, b) => a ^ b },
  '&': { level: 5, apply: (a, b) => a & b },
  '==': { level: 6, logical: true, apply: (a, b) => truth(a === b) },
  '!=': { level: 6, logical: true, apply: (a, b) => truth(a !== b) },
  '<': { level: 7, logical: true, apply: (a, b) => truth(a < b) },
  '<=': { level: 7, logical: true, apply: (a, b) => truth(a <= b) },
  '>': { level: 7, logical: true, apply: (a, b) => truth(a > b) },
  '>=': { level: 7, logical: true, apply: (a, b) => truth(a >= b) },
  '<<': { level: 8, apply: (a, b) => a << (b & 63n) },
  '>>': { level: 8, apply: (a, b) => a >> (b & 63n) },
  '+': { level: 9, apply: (a, b) => a + b },
  '-': { level: 9, apply: (a, b) => a - b },
  '*': { level: 10, apply: (a, b) => a * b },
  '/': { level: 10, apply: divided((a, b) => a / b) },
  '%': { level: 10, apply: divided((a, b) => a % b) },
};

const unaries: Readonly<Record<string, (value: Value) => Value>> = {
  '!': (v) => ({ bits: truth(v.bits === 0n), unsigned: false }),
  '~': (v) => wrap(~v.bits, v.unsigned),
  '-': (v) => wrap(-v.bits, v.unsigned),
  '+': (v) => v,
};

const words = /\|\||&&|==|!=|<=|>=|<<|>>|[LuU]?'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|\.?\d[\w.]*|\S/g;
const maximumDepth = 200;

/** `tokens` are expanded already, with each `defined` replaced. */
export function evaluateCondition(tokens: readonly PpToken[]): boolean {
  const text = tokens.map((token) => (isGap(token) ? ' ' : token.text)).join('');
  const reader = new Reader(text.match(words) ?? []);
  const value = reader.conditional();
  if (reader.peek !== undefined) throw expected('the end of the line', reader.peek);
  return value.bits !== 0n;
}

class Reader {
  private at = 0;
  private depth = 0;
  constructor(private readonly words: readonly string[]) {}

  get peek(): string | undefined {
    return this.words[this.at];
  }

  conditional(): Value {
    if (++this.depth > maximumDepth)
      throw new ConditionError('syntax.too-deep', { limit: String(maximumDepth) });
    const condition = this.binary(1);
    let result = condition;
    if (this.take('?')) {
      const then = this.conditional();
      if (!this.take(':')) throw expected("':'", this.peek);
      const otherwise = this.conditional();
      result = wrap(condition.bits !== 0n ? then.bits : otherwise.bits, then.unsigned || otherwise.unsigned);
    }
    this.depth--;
    return result;
  }

  private binary(minimum: number): Value {
    let left = this.unary();
    for (;;) {
      const word = this.peek ?? '';
      const operator = Object.hasOwn(operators, word) ? operators[word] : undefined;
      if (!operator || operator.level < minimum) return left;
      this.at++;
      left = this.combine(
        word,
        operator,
        left,
        this.guarded(word, left, () => this.binary(operator.level + 1)),
      );
    }
  }

  /** The side that C does not evaluate may divide by zero. */
  private guarded(word: string, left: Value, parse: () => Value): Value {
    const skipped = (word === '&&' && left.bits === 0n) || (word === '||' && left.bits !== 0n);
    if (!skipped) return parse();
    const from = this.at;
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ConditionError) || error.id !== 'preprocessor.division') throw error;
      this.at = this.skipOperand(from);
      return { bits: 0n, unsigned: false };
    }
  }

  private skipOperand(from: number): number {
    let level = 0;
    let at = from;
    for (; at < this.words.length; at++) {
      const word = this.words[at];
      if (word === '(') level++;
      else if (word === ')' && level-- === 0) break;
      else if (level === 0 && (word === '||' || word === '&&' || word === '?' || word === ':')) break;
    }
    return at;
  }

  private combine(
    _word: string,
    operator: { logical?: boolean; apply: Operation },
    left: Value,
    right: Value,
  ): Value {
    const unsigned = left.unsigned || right.unsigned;
    const a = wrap(left.bits, unsigned).bits;
    const b = wrap(right.bits, unsigned).bits;
    return wrap(operator.apply(a, b, unsigned), unsigned && !operator.logical);
  }

  private unary(): Value {
    const signs: ((value: Value) => Value)[] = [];
    for (;;) {
      const word = this.peek ?? '';
      const apply = Object.hasOwn(unaries, word) ? unaries[word] : undefined;
      if (!apply) break;
      signs.push(apply);
      this.at++;
    }
    return signs.reduceRight((value, apply) => apply(value), this.primary());
  }

  private primary(): Value {
    const word = this.peek;
    if (word === undefined) throw expected('a value', word);
    this.at++;
    if (word === '(') {
      const value = this.conditional();
      if (!this.take(')')) throw expected("')'", this.peek);
      return value;
    }
    if (/^[LuU]?'./.test(word)) return { bits: characterValue(word), unsigned: false };
    if (/^[A-Za-z_]/.test(word)) return { bits: 0n, unsigned: false };
    if (/^\d/.test(word)) {
      const { token, problem } = readNumber(word, 0);
      if (!problem && token.kind === 'integer' && token.end === word.length) {
        const big = (token.value ?? 0n) > 0x7fff_ffff_ffff_ffffn;
        return wrap(token.value ?? 0n, big || (token.suffix ?? '').startsWith('u'));
      }
    }
    throw expected('a value', word);
  }

  private take(word: string): boolean {
    if (this.peek !== word) return false;
    this.at++;
    return true;
  }
}

function characterValue(word: string): bigint {
  const bytes = bytesOfText(decodeEscapes(word.replace(/^[LuU]/, '').slice(1, -1)));
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function wrap(bits: bigint, unsigned: boolean): Value {
  return { bits: unsigned ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits), unsigned };
}

function expected(what: string, found: string | undefined): ConditionError {
  return new ConditionError('preprocessor.expression', {
    expected: what,
    found: found === undefined ? 'the end of the line' : `'${found}'`,
  });
}
