/**
 * Random valid D programs with the outcome each must have: a grammar that writes text and a model of the machine
 * side by side.
 */
import {
  type ArrayVariable,
  Expressions,
  type IntExpr,
  type IntVariable,
  type Scope,
  type StringExpr,
  use,
} from './model/expressions.js';
import { DivisionByZero, type IntType, intTypes, wrap } from './model/integers.js';
import { keyText, Machine, type ModelValue } from './model/machine.js';
import { Random } from './model/random.js';
import { type Bytes, NullString } from './model/strings.js';

export interface GeneratedProgram {
  readonly text: string;
  readonly strsize: number;
  /** What running BEGIN once comes to. */
  outcome(): Machine;
}

interface Statement {
  readonly text: string;
  run(m: Machine): void;
}

const AGGREGATING = ['count', 'sum', 'min', 'max'] as const;

export interface Limits {
  readonly clauses: number;
  readonly statements: number;
  readonly depth: number;
}

const STRUCT = `struct point {
	int8_t a;
	uint32_t low : 5;
	int32_t high : 7;
	uint16_t b;
	int64_t c;
};`;

const members = (record: string): IntVariable[] => [
  { name: `${record}.a`, type: intTypes[0]! },
  { name: `${record}.low`, type: intTypes[5]!, bits: 5 },
  { name: `${record}.high`, type: intTypes[4]!, bits: 7 },
  { name: `${record}.b`, type: intTypes[3]! },
  { name: `${record}.c`, type: intTypes[6]! },
];

const ZEROS = [
  '((uint64_t)timestamp * 0)',
  '((uint64_t)pid & 0)',
  '((uint64_t)curthread->pid & 0)',
  '((uint64_t)strlen(execname) * 0)',
  '((uint64_t)curthread->real_parent->tgid & 0)',
  '((uint64_t)uid * 0)',
  '((uint64_t)(execname == probename))',
  '((uint64_t)curthread->comm[2] & 0)',
];

/** As the consumer reads it: a character that was cut in two is replaced. */
const decoded = (text: Bytes): Bytes => Buffer.from(text.toString('utf8'));

class ProgramGenerator {
  readonly random: Random;
  readonly scope: Scope;
  readonly expressions: Expressions;
  readonly declarations: string[] = [STRUCT];

  constructor(
    seed: number,
    readonly limits: Limits,
  ) {
    const random = new Random(seed);
    this.random = random;
    const integers: IntVariable[] = [];
    const declare = (scope: string, prefix: string, name: string, type: IntType): void => {
      this.declarations.push(`${scope}${type.name} ${name};`);
      integers.push({ name: `${prefix}${name}`, type });
    };
    for (let i = 0; i < 5; i++) declare('', '', `g${i}`, random.pick(intTypes));
    for (let i = 0; i < 4; i++) declare('this ', 'this->', `t${i}`, random.pick(intTypes));
    for (let i = 0; i < 3; i++) declare('self ', 'self->', `f${i}`, random.pick(intTypes));
    this.declarations.push('struct point r0;', 'this struct point r1;', 'self struct point r2;');
    for (const record of ['r0', 'this->r1', 'self->r2']) integers.push(...members(record));
    this.declarations.push('int vector[4];');
    for (let i = 0; i < 4; i++) integers.push({ name: `vector[${i}]`, type: intTypes[4]! });
    this.declarations.push('string s0;', 'string s1;', 'this string z0;', 'self string w0;');
    const arrays: ArrayVariable[] = [
      { name: 'a0', keys: [random.pick(intTypes)], value: random.pick(intTypes) },
      { name: 'a1', keys: ['string', random.pick(intTypes)], value: random.pick(intTypes) },
      { name: 'a2', keys: [random.pick(intTypes), 'string', random.pick(intTypes)], value: 'string' },
      { name: 'self->a3', keys: [random.pick(intTypes)], value: random.pick(intTypes) },
    ];
    for (const { name, keys, value } of arrays) {
      const types = keys.map((key) => (key === 'string' ? key : key.name)).join(', ');
      const type = value === 'string' ? value : value.name;
      this.declarations.push(
        `${name.startsWith('self') ? 'self ' : ''}${type} ${name.replace('self->', '')}[${types}];`,
      );
    }
    const strsize = random.pick([8, 16, 40, 256]);
    this.scope = { strsize, integers, strings: ['s0', 's1', 'this->z0', 'self->w0'], arrays, zeros: ZEROS };
    this.expressions = new Expressions(random, this.scope);
  }

  private depth(): number {
    return this.random.below(this.limits.depth + 1);
  }

  private trace(): Statement {
    const { random, expressions } = this;
    if (random.chance(0.7)) {
      const value = expressions.integer(this.depth(), true);
      return {
        text: `trace(${value.text});`,
        run: (m) => void m.pending.push(wrap(value.type, value.run(m))),
      };
    }
    const value = expressions.string(this.depth(), true);
    return { text: `trace(${value.text});`, run: (m) => void m.pending.push(use(value, m)) };
  }

  private assign(): Statement {
    const { random, expressions, scope } = this;
    if (random.chance(0.25)) {
      const name = random.pick(scope.strings);
      const value = expressions.string(this.depth(), true);
      return { text: `${name} = ${value.text};`, run: (m) => void m.variables.set(name, value.run(m)) };
    }
    const { name, type, bits } = random.pick(scope.integers);
    const value = expressions.integer(this.depth(), true);
    const stored = (v: bigint): bigint => {
      if (bits === undefined) return wrap(type, v);
      return type.signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v);
    };
    return { text: `${name} = ${value.text};`, run: (m) => void m.variables.set(name, stored(value.run(m))) };
  }

  private storeElement(): Statement {
    const { random, expressions, scope } = this;
    const array = random.pick(scope.arrays);
    const { text, key } = expressions.keyed(array, this.depth());
    const type = array.value;
    if (type === 'string') {
      const value = expressions.string(this.depth(), false);
      return {
        text: `${text} = ${value.text};`,
        run: (m) => {
          const assigned = value.run(m);
          const element = key(m);
          if (assigned === undefined) m.array(array.name).delete(element);
          else m.array(array.name).set(element, assigned);
        },
      };
    }
    const value = expressions.integer(this.depth(), false);
    return {
      text: `${text} = ${value.text};`,
      run: (m) => {
        const result = wrap(type, value.run(m));
        m.array(array.name).set(key(m), result);
      },
    };
  }

  private effect(): Statement {
    const { random, expressions } = this;
    const value = random.chance(0.5) ? expressions.assignment(this.depth()) : expressions.update();
    return { text: `${value.text};`, run: (m) => void value.run(m) };
  }

  private copyRecord(): Statement {
    const records = ['r0', 'this->r1', 'self->r2'];
    const [to, from] = [this.random.pick(records), this.random.pick(records)];
    return {
      text: `${to} = ${from};`,
      run: (m) => {
        for (const { name } of members(''))
          m.variables.set(`${to}${name}`, m.variables.get(`${from}${name}`) ?? 0n);
      },
    };
  }

  private aggregate(): Statement {
    const { random, expressions } = this;
    const number = random.below(4);
    const fn = AGGREGATING[number]!;
    const keyed = random.chance(0.6);
    const value = expressions.integer(this.depth(), false);
    const keys = [expressions.integer(1, false), expressions.string(1, false)];
    const name = `${fn}${keyed ? 'by' : ''}`;
    const text = `@${name}${keyed ? `[(int)${keys[0]!.text}, ${keys[1]!.text}]` : ''} = ${fn}(${fn === 'count' ? '' : value.text});`;
    return {
      text,
      run: (m) => {
        const result = fn === 'count' ? 1n : BigInt.asIntN(64, value.run(m));
        const key = keyed
          ? [BigInt.asIntN(32, (keys[0] as IntExpr).run(m)), decoded(use(keys[1] as StringExpr, m))]
          : ([] as ModelValue[]);
        m.aggregate(name, keyText(key), result);
      },
    };
  }

  /** Data recorded under a condition is a record of its own. */
  private conditional(level: number): Statement {
    const condition = this.expressions.integer(this.depth(), true);
    const block = () => Array.from({ length: 1 + this.random.below(2) }, () => this.statement(level + 1));
    const [then, other] = [block(), block()];
    const run = (statements: readonly Statement[], m: Machine) => {
      for (const statement of statements) {
        const outer = m.pending;
        m.pending = [];
        statement.run(m);
        if (m.pending.length > 0) m.records.push(m.pending);
        m.pending = outer;
      }
    };
    const texts = (statements: readonly Statement[]) =>
      statements.map(({ text }) => `\t${text}`).join('\n\t');
    return {
      text: `if (${condition.text}) {\n\t${texts(then)}\n\t} else {\n\t${texts(other)}\n\t}`,
      run: (m) => run(condition.run(m) !== 0n ? then : other, m),
    };
  }

  private statement(level = 0): Statement {
    const forms = [
      () => this.trace(),
      () => this.trace(),
      () => this.assign(),
      () => this.assign(),
      () => this.storeElement(),
      () => this.effect(),
      () => this.copyRecord(),
      () => this.aggregate(),
      () => (level < 2 ? this.conditional(level) : this.trace()),
    ];
    return this.random.pick(forms)();
  }

  private clause(): Statement {
    const { random } = this;
    const predicate = random.chance(0.2) ? this.expressions.integer(this.depth(), true) : undefined;
    const body = Array.from({ length: 1 + random.below(this.limits.statements) }, () => this.statement());
    return {
      text: `BEGIN\n${predicate ? `/${predicate.text}/\n` : ''}{\n${body.map(({ text }) => `\t${text}`).join('\n')}\n}\n`,
      run: (m) => {
        m.pending = [];
        const records = m.records.length;
        try {
          if (predicate && predicate.run(m) === 0n) return;
          for (const statement of body) statement.run(m);
          if (m.pending.length > 0) m.records.push(m.pending);
        } catch (error) {
          if (!(error instanceof DivisionByZero || error instanceof NullString)) throw error;
          m.faults.push(records);
        }
      },
    };
  }

  program(): GeneratedProgram {
    const clauses = Array.from({ length: 1 + this.random.below(this.limits.clauses) }, () => this.clause());
    return {
      text: [...this.declarations, '', ...clauses.map(({ text }) => text)].join('\n'),
      strsize: this.scope.strsize,
      outcome: () => {
        const machine = new Machine();
        for (const clause of clauses) clause.run(machine);
        return machine;
      },
    };
  }
}

export const usualLimits: Limits = { clauses: 5, statements: 6, depth: 4 };

export function generateProgram(seed: number, limits: Limits = usualLimits): GeneratedProgram {
  return new ProgramGenerator(seed, limits).program();
}
