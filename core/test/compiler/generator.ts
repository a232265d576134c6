/**
 * Random valid D programs with the outcome each must have: a grammar that writes text and a model of the machine
 * side by side.
 */
import {
  type ArrayVariable,
  Expressions,
  type FunctionModel,
  type IntExpr,
  type IntVariable,
  type Scope,
  type StringExpr,
  use,
} from './model/expressions.js';
import { type IntType, intTypes, wrap } from './model/integers.js';
import { ClauseFault, keyText, Machine, type ModelValue, runBlock } from './model/machine.js';
import { Random } from './model/random.js';

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

/** Thrown by statements that leave a loop, a turn of it, or a function. */
class Leave {
  constructor(readonly what: 'break' | 'continue' | 'return') {}
}

/** Runs what may leave in one of these ways; says whether it did. */
function left(run: () => void, ...ways: readonly Leave['what'][]): Leave['what'] | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof Leave && ways.includes(error.what)) return error.what;
    throw error;
  }
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
  scope: Scope;
  expressions: Expressions;
  readonly declarations: string[] = [STRUCT];
  /** What statements may be here: in a loop, in a function that returns this. */
  private inLoop = false;
  private returns: FunctionModel['returns'] | undefined;
  private names = 0;

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
    const strings = ['s0', 's1', 'this->z0', 'self->w0'];
    const functions: FunctionModel[] = [];
    this.scope = { strsize, integers, strings, arrays, functions, zeros: ZEROS };
    this.expressions = new Expressions(random, this.scope);
    for (let i = random.below(3); i > 0; i--) functions.push(this.defineFunction(`f${functions.length}`));
  }

  /** A function of the functions before it: none calls itself. */
  private defineFunction(name: string): FunctionModel {
    const { random, scope: outer, expressions } = this;
    const type = (): IntType | 'string' => (random.chance(0.3) ? 'string' : random.pick(intTypes));
    const parameters = Array.from({ length: random.below(3) }, (_, i) => ({
      name: `${name}p${i}`,
      type: type(),
    }));
    const returns = type();
    const own = parameters.filter((p): p is IntVariable => p.type !== 'string');
    const texts = parameters.filter((p) => p.type === 'string').map((p) => p.name);
    this.scope = {
      ...outer,
      integers: [...outer.integers, ...own],
      strings: [...outer.strings, ...texts],
      functions: [...outer.functions],
    };
    this.expressions = new Expressions(random, this.scope);
    this.returns = returns;
    const body = this.block(1, 1 + random.below(3));
    if (random.chance(0.9)) body.push(this.leaveFunction(returns));
    this.returns = undefined;
    this.scope = outer;
    this.expressions = expressions;
    const typeText = (t: IntType | 'string') => (t === 'string' ? t : t.name);
    const list = parameters.map((p) => `${typeText(p.type)} ${p.name}`).join(', ');
    const lines = body.map(({ text }) => `\t${text}`).join('\n');
    this.declarations.push(`${typeText(returns)} ${name}(${list}) {\n${lines}\n}`);
    const result = `${name} result`;
    return {
      name,
      parameters,
      returns,
      run: (m) => {
        m.variables.set(result, returns === 'string' ? undefined : 0n);
        left(() => runBlock(m, body), 'return');
        return m.variables.get(result);
      },
    };
  }

  private leaveFunction(returns: IntType | 'string'): Statement {
    const { expressions, scope } = this;
    const result = `f${scope.functions.length} result`;
    if (returns === 'string') {
      const value = expressions.string(1, true);
      return {
        text: `return ${value.text};`,
        run: (m) => {
          m.variables.set(result, value.run(m));
          throw new Leave('return');
        },
      };
    }
    const value = expressions.integer(2, true);
    return {
      text: `return ${value.text};`,
      run: (m) => {
        m.variables.set(result, wrap(returns, value.run(m)));
        throw new Leave('return');
      },
    };
  }

  /** Statements with local variables of their own. */
  private block(level: number, count = 1 + this.random.below(2)): Statement[] {
    const { integers } = this.scope as { integers: IntVariable[] };
    const outer = integers.length;
    const statements = Array.from({ length: count }, () => this.statement(level));
    integers.length = outer;
    return statements;
  }

  private declareLocal(): Statement {
    const type = this.random.pick(intTypes);
    const name = `d${this.names++}`;
    const value = this.expressions.integer(this.depth(), true);
    (this.scope.integers as IntVariable[]).push({ name, type });
    return {
      text: `${type.name} ${name} = ${value.text};`,
      run: (m) => void m.variables.set(name, wrap(type, value.run(m))),
    };
  }

  /** A loop counts by itself: whatever its body does, it ends. */
  private loop(level: number): Statement {
    const { random } = this;
    const counter = `l${this.names++}`;
    const turns = random.below(4);
    const outer = this.inLoop;
    this.inLoop = true;
    const body = this.block(level + 1);
    this.inLoop = outer;
    const lines = body.map(({ text }) => `\t\t${text}`).join('\n');
    const once = (m: Machine) => left(() => runBlock(m, body), 'break', 'continue');
    const form = random.pick(['for', 'while', 'do'] as const);
    if (form === 'do') {
      return {
        text: `{ int ${counter} = ${turns};\n\tdo {\n${lines}\n\t} while (${counter}-- > 0); }`,
        run: (m) => {
          for (let i = turns; ; ) if (once(m) === 'break' || i-- <= 0) break;
        },
      };
    }
    const text =
      form === 'for'
        ? `for (int ${counter} = 0; ${counter} < ${turns}; ${counter}++) {\n${lines}\n\t}`
        : `{ int ${counter} = 0;\n\twhile (${counter}++ < ${turns}) {\n${lines}\n\t} }`;
    return {
      text,
      run: (m) => {
        for (let i = 0; i < turns; i++) if (once(m) === 'break') break;
      },
    };
  }

  /** Out of a loop, into its next turn, or out of a function, under a condition. */
  private leave(): Statement {
    const condition = this.expressions.integer(1, true);
    const out = this.returns === undefined || (this.inLoop && this.random.chance(0.5));
    const what = this.random.pick(['break', 'continue'] as const);
    const statement = out
      ? {
          text: `${what};`,
          run: () => {
            throw new Leave(what);
          },
        }
      : this.leaveFunction(this.returns!);
    return {
      text: `if (${condition.text}) ${statement.text}`,
      run: (m) => {
        if (condition.run(m) !== 0n) statement.run(m);
      },
    };
  }

  private printf(): Statement {
    const number = this.expressions.integer(this.depth(), true);
    const text = this.expressions.string(this.depth(), true);
    return {
      text: `printf("%d %s", ${number.text}, ${text.text});`,
      run: (m) => {
        m.pending.push(wrap(number.type, number.run(m)));
        m.pending.push(use(text, m));
      },
    };
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
    const [then, other] = [this.block(level + 1), this.block(level + 1)];
    const texts = (statements: readonly Statement[]) =>
      statements.map(({ text }) => `\t${text}`).join('\n\t');
    return {
      text: `if (${condition.text}) {\n\t${texts(then)}\n\t} else {\n\t${texts(other)}\n\t}`,
      run: (m) => runBlock(m, condition.run(m) !== 0n ? then : other),
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
      () => (level < 2 ? this.loop(level) : this.trace()),
      () => this.printf(),
      () => this.declareLocal(),
      () => (this.inLoop || this.returns !== undefined ? this.leave() : this.assign()),
    ];
    return this.random.pick(forms)();
  }

  private clause(): Statement {
    const { random } = this;
    const predicate = random.chance(0.2) ? this.expressions.integer(this.depth(), true) : undefined;
    const body = this.block(0, 1 + random.below(this.limits.statements));
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
          if (!(error instanceof ClauseFault)) throw error;
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
