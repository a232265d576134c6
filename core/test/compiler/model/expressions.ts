/** Random expressions: D text, and a function that computes what it must come to. */
import {
  type Arithmetic,
  type Comparison,
  common,
  compare,
  compute,
  computeConstant,
  convert,
  INT,
  type IntType,
  intTypes,
  LONG,
  literalType,
  promote,
  UNSIGNED_LONG,
  wrap,
} from './integers.js';
import { keyText, type Machine, type ModelValue } from './machine.js';
import type { Random } from './random.js';
import {
  type Bytes,
  bytes,
  changing,
  cut,
  finding,
  lltostr,
  order,
  placing,
  present,
  strjoin,
  strtoll,
  substr,
  type Text,
} from './strings.js';

export interface IntExpr {
  readonly text: string;
  readonly type: IntType;
  /** Known to the D compiler already. */
  readonly constant?: bigint;
  run(m: Machine): bigint;
}

export interface StringExpr {
  readonly text: string;
  run(m: Machine): Text;
}

/** A string whose value is used: NULL is a fault. */
export const use = (e: StringExpr, m: Machine): Bytes => present(e.run(m));

/** A function that the program defines. */
export interface FunctionModel {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: IntType | 'string' }[];
  readonly returns: IntType | 'string';
  /** With the parameters in its variables. */
  run(m: Machine): ModelValue | undefined;
}

export interface IntVariable {
  readonly name: string;
  readonly type: IntType;
  /** Bits of a bit field. */
  readonly bits?: number;
}

export interface ArrayVariable {
  readonly name: string;
  readonly keys: readonly (IntType | 'string')[];
  readonly value: IntType | 'string';
}

export interface Scope {
  readonly strsize: number;
  readonly integers: readonly IntVariable[];
  readonly strings: readonly string[];
  readonly arrays: readonly ArrayVariable[];
  readonly functions: readonly FunctionModel[];
  /** Texts of value 0 that are so only at run time: reads of the machine's state. */
  readonly zeros: readonly string[];
}

const ARITHMETIC: readonly Arithmetic[] = ['+', '-', '*', '/', '%', '<<', '>>', '&', '|', '^'];
const COMPARISON: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];
const TEXTS = ['', 'a', 'b', 'ab', 'abc', 'abcdefg', '/usr//bin/', '/', 'x/y', 'é', '日本', '0123456'];

const constant = (type: IntType, value: bigint, text: string): IntExpr => {
  const known = wrap(type, value);
  return { text, type, constant: known, run: () => known };
};

const truth = (text: string, run: (m: Machine) => boolean): IntExpr => ({
  text,
  type: INT,
  run: (m) => (run(m) ? 1n : 0n),
});

export class Expressions {
  constructor(
    readonly random: Random,
    readonly scope: Scope,
  ) {}

  integer(depth: number, effects: boolean): IntExpr {
    const { random } = this;
    if (depth <= 0) return this.leaf();
    const d = depth - 1 - random.below(2);
    const forms: (() => IntExpr)[] = [
      () => this.leaf(),
      () =>
        this.arithmetic(this.integer(d, effects), random.pick(ARITHMETIC), () => this.integer(d, effects)),
      () =>
        this.arithmetic(this.integer(d, effects), random.pick(ARITHMETIC), () => this.integer(d, effects)),
      () => this.comparison(d, effects),
      () => this.unary(this.integer(d, effects)),
      () => this.cast(this.integer(d, effects)),
      () => this.logical(d, effects),
      () => this.conditional(d, effects),
      () => this.stringComparison(d, effects),
      () => this.strlen(d, effects),
      () => this.element(d),
      () => (effects ? this.comma(d) : this.leaf()),
      () => (effects ? this.assignment(d) : this.leaf()),
      () => (effects ? this.update() : this.leaf()),
      () => this.place(d, effects),
      () => this.number(d, effects),
      () => this.missing(d, effects),
      () => (effects ? (this.call(d, 'integer') as IntExpr | undefined) : undefined) ?? this.leaf(),
    ];
    return random.pick(forms)();
  }

  leaf(): IntExpr {
    const { random, scope } = this;
    if (random.chance(0.3)) return this.literal();
    if (random.chance(0.1) && scope.zeros.length > 0) {
      // Unsigned and 64 bits wide: all of them are cast so.
      return { text: random.pick(scope.zeros), type: UNSIGNED_LONG, run: () => 0n };
    }
    return this.read(random.pick(scope.integers));
  }

  literal(value: bigint = this.random.integer()): IntExpr {
    const positive = value < 0n ? -value : value;
    const type = literalType(positive);
    // Negative numbers are negated literals, of the literal's type.
    const digits = `${positive}${type === UNSIGNED_LONG ? 'u' : ''}`;
    const node = constant(type, value, value < 0n ? `(-${digits})` : digits);
    return value < 0n ? { ...node, type: promote(type) } : node;
  }

  read({ name, type }: IntVariable): IntExpr {
    return { text: name, type, run: (m) => (m.variables.get(name) as bigint | undefined) ?? 0n };
  }

  private arithmetic(left: IntExpr, operator: Arithmetic, rightOf: () => IntExpr): IntExpr {
    let right = rightOf();
    // The compiler refuses a constant 0 there.
    if ((operator === '/' || operator === '%') && right.constant !== undefined) {
      right = this.literal(BigInt(this.random.below(9) + 1));
    }
    const type = common(left.type, right.type);
    const text = `(${left.text} ${operator} ${right.text})`;
    if (left.constant !== undefined && right.constant !== undefined) {
      const folded = computeConstant(operator, type, wrap(type, left.constant), wrap(type, right.constant));
      return constant(folded.type, folded.value, text);
    }
    return {
      text,
      type,
      run: (m) => {
        const a = convert(left.type, type, left.run(m));
        return compute(operator, type, a, convert(right.type, type, right.run(m)));
      },
    };
  }

  private comparison(depth: number, effects: boolean): IntExpr {
    const [left, right] = [this.integer(depth, effects), this.integer(depth, effects)];
    const operator = this.random.pick(COMPARISON);
    const type = common(left.type, right.type);
    const text = `(${left.text} ${operator} ${right.text})`;
    if (left.constant !== undefined && right.constant !== undefined) {
      const known = compare(operator, wrap(type, left.constant), wrap(type, right.constant));
      return constant(INT, known ? 1n : 0n, text);
    }
    return truth(text, (m) => {
      const a = convert(left.type, type, left.run(m));
      return compare(operator, a, convert(right.type, type, right.run(m)));
    });
  }

  private unary(operand: IntExpr): IntExpr {
    const operator = this.random.pick(['-', '~', '!'] as const);
    const text = `(${operator} ${operand.text})`;
    const { constant: known } = operand;
    const type = operator === '!' ? INT : promote(operand.type);
    const apply = (value: bigint): bigint => {
      if (operator === '!') return value === 0n ? 1n : 0n;
      return wrap(type, operator === '-' ? -wrap(type, value) : ~wrap(type, value));
    };
    if (known !== undefined) return constant(type, apply(known), text);
    return { text, type, run: (m) => apply(operand.run(m)) };
  }

  private cast(operand: IntExpr): IntExpr {
    const type = this.random.pick(intTypes);
    const text = `((${type.name})${operand.text})`;
    if (operand.constant !== undefined) return constant(type, operand.constant, text);
    return { text, type, run: (m) => wrap(type, operand.run(m)) };
  }

  private condition(
    depth: number,
    effects: boolean,
  ): { text: string; run(m: Machine): boolean; constant?: bigint } {
    const value = this.integer(depth, effects);
    const { constant: known } = value;
    return {
      text: value.text,
      run: (m) => value.run(m) !== 0n,
      ...(known === undefined ? {} : { constant: known }),
    };
  }

  private logical(depth: number, effects: boolean): IntExpr {
    const [left, right] = [this.condition(depth, effects), this.condition(depth, effects)];
    const operator = this.random.pick(['&&', '||', '^^'] as const);
    const text = `(${left.text} ${operator} ${right.text})`;
    if (left.constant !== undefined && right.constant !== undefined) {
      const [a, b] = [left.constant !== 0n, right.constant !== 0n];
      const known = operator === '&&' ? a && b : operator === '||' ? a || b : a !== b;
      return constant(INT, known ? 1n : 0n, text);
    }
    return truth(text, (m) => {
      const a = left.run(m);
      if (operator === '&&') return a && right.run(m);
      if (operator === '||') return a || right.run(m);
      return a !== right.run(m);
    });
  }

  private conditional(depth: number, effects: boolean): IntExpr {
    const chosen = this.condition(depth, effects);
    const [then, other] = [this.integer(depth, effects), this.integer(depth, effects)];
    const text = `(${chosen.text} ? ${then.text} : ${other.text})`;
    if (chosen.constant !== undefined) {
      const branch = chosen.constant === 0n ? other : then;
      return { ...branch, text };
    }
    const same = then.type.size === other.type.size && then.type.signed === other.type.signed;
    const type = same ? then.type : common(then.type, other.type);
    return {
      text,
      type,
      run: (m) => {
        const branch = chosen.run(m) ? then : other;
        return convert(branch.type, type, branch.run(m));
      },
    };
  }

  private stringComparison(depth: number, effects: boolean): IntExpr {
    const [left, right] = [this.string(depth, effects), this.string(depth, effects)];
    const operator = this.random.pick(COMPARISON);
    return truth(`(${left.text} ${operator} ${right.text})`, (m) => {
      const a = left.run(m);
      return compare(operator, BigInt(order(a, right.run(m))), 0n);
    });
  }

  private strlen(depth: number, effects: boolean): IntExpr {
    const text = this.string(depth, effects);
    return { text: `strlen(${text.text})`, type: UNSIGNED_LONG, run: (m) => BigInt(use(text, m).length) };
  }

  private place(depth: number, effects: boolean): IntExpr {
    const name = this.random.pick(Object.keys(placing));
    const [text, what] = [this.string(depth, effects), this.string(depth, effects)];
    return {
      text: `${name}(${text.text}, ${what.text})`,
      type: INT,
      run: (m) => {
        const value = use(text, m);
        return BigInt(placing[name]!(value, use(what, m)));
      },
    };
  }

  private number(depth: number, effects: boolean): IntExpr {
    const text = this.string(depth, effects);
    return { text: `strtoll(${text.text})`, type: LONG, run: (m) => strtoll(use(text, m)) };
  }

  private missing(depth: number, effects: boolean): IntExpr {
    const value = this.random.chance(0.5) ? this.search(depth, effects) : this.string(depth, effects);
    return truth(`(${value.text} == NULL)`, (m) => value.run(m) === undefined);
  }

  private call(depth: number, result: 'integer' | 'string'): IntExpr | StringExpr | undefined {
    const wanted = this.scope.functions.filter(
      ({ returns }) => (returns === 'string') === (result === 'string'),
    );
    if (wanted.length === 0) return undefined;
    const called = this.random.pick(wanted);
    const args = called.parameters.map(({ type }) =>
      type === 'string' ? this.string(Math.min(depth, 2), true) : this.integer(Math.min(depth, 2), true),
    );
    const run = (m: Machine): ModelValue | undefined => {
      const values = args.map((arg) => arg.run(m));
      called.parameters.forEach(({ name, type }, i) => {
        const value = values[i]!;
        m.variables.set(name, type === 'string' ? value : wrap(type, value as bigint));
      });
      return called.run(m);
    };
    const text = `${called.name}(${args.map((arg) => arg.text).join(', ')})`;
    return called.returns === 'string'
      ? { text, run: (m) => run(m) as Text }
      : { text, type: called.returns, run: (m) => run(m) as bigint };
  }

  private comma(depth: number): IntExpr {
    const [first, second] = [this.integer(depth, true), this.integer(depth, true)];
    return {
      text: `(${first.text}, ${second.text})`,
      type: second.type,
      run: (m) => {
        first.run(m);
        return second.run(m);
      },
    };
  }

  private element(depth: number): IntExpr {
    const array = this.random.pick(this.scope.arrays.filter(({ value }) => value !== 'string'));
    const { text, key } = this.keyed(array, depth);
    return {
      text,
      type: array.value as IntType,
      run: (m) => (m.array(array.name).get(key(m)) as bigint | undefined) ?? 0n,
    };
  }

  /** `name[keys]`; the keys have no side effects. */
  keyed({ name, keys }: ArrayVariable, depth: number): { text: string; key: (m: Machine) => string } {
    const parts = keys.map((type) => {
      if (type === 'string') {
        const key = this.string(Math.min(depth, 1), false);
        return { text: key.text, run: (m: Machine): ModelValue => use(key, m) };
      }
      const value = this.integer(Math.min(depth, 1), false);
      return { text: value.text, run: (m: Machine): ModelValue => wrap(type, value.run(m)) };
    });
    return {
      text: `${name}[${parts.map(({ text }) => text).join(', ')}]`,
      key: (m) => keyText(parts.map((part) => part.run(m))),
    };
  }

  assignment(depth: number): IntExpr {
    const { random, scope } = this;
    const target = random.pick(scope.integers.filter(({ bits }) => bits === undefined));
    const value = this.integer(depth, true);
    const { name, type } = target;
    const store = (m: Machine, result: bigint) => {
      m.variables.set(name, result);
      return result;
    };
    if (random.chance(0.5)) {
      return { text: `(${name} = ${value.text})`, type, run: (m) => store(m, wrap(type, value.run(m))) };
    }
    const old = this.read(target);
    const changed = this.arithmetic(old, random.pick(ARITHMETIC), () => value);
    // The value may have been replaced: the text says which.
    const inner = changed.text.slice(1, -1);
    const at = inner.indexOf(' ');
    const operator = inner.slice(at + 1, inner.indexOf(' ', at + 1));
    const right = inner.slice(at + 1 + operator.length + 1);
    return {
      text: `(${name} ${operator}= ${right})`,
      type,
      run: (m) => store(m, wrap(type, changed.run(m))),
    };
  }

  update(): IntExpr {
    const { random } = this;
    const target = random.pick(this.scope.integers.filter(({ bits }) => bits === undefined));
    const old = this.read(target);
    const [delta, sign] = random.chance(0.5) ? [1n, '++'] : [-1n, '--'];
    const prefix = random.chance(0.5);
    return {
      text: prefix ? `(${sign}${target.name})` : `(${target.name}${sign})`,
      type: target.type,
      run: (m) => {
        const before = old.run(m);
        const after = wrap(target.type, before + delta);
        m.variables.set(target.name, after);
        return prefix ? after : before;
      },
    };
  }

  // ---- strings -----------------------------------------------------------------------------------------

  string(depth: number, effects: boolean): StringExpr {
    const { random, scope } = this;
    const { strsize } = scope;
    if (depth <= 0) return this.stringLeaf();
    const d = depth - 1 - random.below(2);
    const forms: (() => StringExpr)[] = [
      () => this.stringLeaf(),
      () => {
        const [a, b] = [this.string(d, effects), this.string(d, effects)];
        return {
          text: `strjoin(${a.text}, ${b.text})`,
          run: (m) => {
            const left = use(a, m);
            return strjoin(left, use(b, m), strsize);
          },
        };
      },
      () => this.substr(d, effects),
      () => {
        const name = random.pick(Object.keys(changing));
        const a = this.string(d, effects);
        return { text: `${name}(${a.text})`, run: (m) => cut(changing[name]!(use(a, m)), strsize) };
      },
      () => this.search(d, effects),
      () => (effects ? (this.call(d, 'string') as StringExpr | undefined) : undefined) ?? this.stringLeaf(),
      () => {
        const value = this.integer(d, effects);
        return {
          text: `lltostr(${value.text})`,
          run: (m) => cut(lltostr(BigInt.asIntN(64, value.run(m))), strsize),
        };
      },
      () => {
        const chosen = this.integer(d, effects);
        const [a, b] = [this.string(d, effects), this.string(d, effects)];
        return {
          text: `(${chosen.text} ? ${a.text} : ${b.text})`,
          run: (m) => (chosen.run(m) === 0n ? b.run(m) : a.run(m)),
        };
      },
      () => {
        const array = random.pick(scope.arrays.filter(({ value }) => value === 'string'));
        const { text, key } = this.keyed(array, d);
        return { text, run: (m) => m.array(array.name).get(key(m)) as Text };
      },
      () => {
        if (!effects) return this.stringLeaf();
        const name = random.pick(scope.strings);
        const value = this.string(d, true);
        return {
          text: `(${name} = ${value.text})`,
          run: (m) => {
            const assigned = value.run(m);
            const result = assigned && cut(assigned, strsize);
            m.variables.set(name, result);
            return result;
          },
        };
      },
    ];
    return random.pick(forms)();
  }

  private search(depth: number, effects: boolean): StringExpr {
    const name = this.random.pick(Object.keys(finding));
    const text = this.string(depth, effects);
    const whole = name === 'strstr';
    const letter = this.random.pick(['a', 'b', '/', 'x', '0']);
    const what = whole ? this.string(depth, effects) : undefined;
    return {
      text: `${name}(${text.text}, ${what ? what.text : `'${letter}'`})`,
      run: (m) => {
        const value = use(text, m);
        return finding[name]!(value, what ? use(what, m) : bytes(letter));
      },
    };
  }

  private stringLeaf(): StringExpr {
    const { random, scope } = this;
    if (random.chance(0.4)) {
      const text = random.pick(TEXTS);
      const value = bytes(text);
      return { text: JSON.stringify(text), run: () => cut(value, scope.strsize) };
    }
    const name = random.pick(scope.strings);
    const unset = name.startsWith('self->') ? undefined : bytes('');
    return {
      text: name,
      run: (m) => (m.variables.has(name) ? (m.variables.get(name) as Text) : unset),
    };
  }

  private substr(depth: number, effects: boolean): StringExpr {
    const { random } = this;
    const text = this.string(depth, effects);
    const index = this.integer(depth - 1, effects);
    const length = random.chance(0.5) ? this.integer(depth - 1, effects) : undefined;
    return {
      text: `substr(${text.text}, (int8_t)${index.text}${length ? `, (int8_t)${length.text}` : ''})`,
      run: (m) => {
        const value = use(text, m);
        const from = Number(BigInt.asIntN(8, index.run(m)));
        const count = length ? Number(BigInt.asIntN(8, length.run(m))) : this.scope.strsize;
        return substr(value, from, count);
      },
    };
  }
}
