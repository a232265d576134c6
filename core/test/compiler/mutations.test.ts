import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/language/diagnostics.js';
import { compileText } from './compile-text.js';
import { generateProgram } from './generator.js';
import { Random } from './model/random.js';

/** `TEXTS=100000` tries more; scripts/fuzz-programs.mjs --texts does. */
const COUNT = Number(process.env.TEXTS ?? 400);
const SEED = Number(process.env.SEED ?? 1);
const SLOWEST_MS = 10_000;

const PIECES = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ';',
  ',',
  '->',
  '.',
  '*',
  '&',
  '@',
  '#',
  '$',
  '$1',
  '`',
  '"',
  "'",
  '\\',
  '/',
  '//',
  '/*',
  '?',
  ':',
  '::',
  '++',
  '--',
  '<<=',
  '0',
  '1',
  '-1',
  '0xffffffffffffffff',
  '9223372036854775807',
  '1e5',
  'this->',
  'self->',
  'struct',
  'union',
  'enum',
  'typedef',
  'string',
  'int',
  'char',
  'void',
  'sizeof',
  'offsetof',
  'stringof',
  'xlate',
  'translator',
  'inline',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'return',
  'BEGIN',
  'END',
  'ERROR',
  'printf',
  'trace',
  'tracemem',
  'stack()',
  'ustack()',
  'exit',
  'count()',
  'sum',
  'quantize',
  'lquantize',
  'llquantize',
  'printa',
  'clear',
  'trunc',
  'copyin',
  'copyinstr',
  'alloca',
  'bcopy',
  'strjoin',
  'substr',
  'strtok',
  'index',
  'args[0]',
  'arg0',
  'execname',
  'probefunc',
  'curthread',
  'pid',
  'timestamp',
  'uregs[0]',
  'fds[0].fi_name',
  '\0',
  'é',
  '%d',
  '%s',
  '#pragma D option',
  '#define X',
  '\n',
];

function mutate(random: Random, text: string): string {
  let result = text;
  for (let n = 1 + random.below(4); n > 0; n--) {
    const at = random.below(result.length + 1);
    const length = random.below(random.chance(0.2) ? 60 : 6);
    const other = random.below(result.length + 1);
    const insertion = random.chance(0.6)
      ? random.pick(PIECES)
      : result.slice(other, other + random.below(40));
    result = result.slice(0, at) + insertion + result.slice(at + (random.chance(0.5) ? length : 0));
  }
  return result;
}

const randomText = (random: Random): string =>
  Array.from({ length: random.below(60) }, () => random.pick(PIECES)).join(random.chance(0.5) ? ' ' : '');

describe('wrong texts', () => {
  it('are refused with a diagnostic, never a crash', () => {
    const failures: string[] = [];
    let compiled = 0;
    for (let seed = SEED; seed < SEED + COUNT && failures.length < 40; seed++) {
      const random = new Random(seed);
      // Without a kernel there is no task to look into.
      const program = generateProgram(seed, { clauses: 2, statements: 4, depth: 3 }).text.replaceAll(
        /curthread[->\w]*(\[2\])?/g,
        'pid',
      );
      const text = random.chance(0.15) ? randomText(random) : mutate(random, program);
      const start = performance.now();
      try {
        compileText(text);
        compiled++;
      } catch (error) {
        if (!(error instanceof CompileError)) {
          const [message, at] = `${(error as Error).stack}`.split('\n');
          failures.push(`seed ${seed}: ${message} ${at}`);
          if (process.env.KEEP !== undefined) console.log(`--- ${seed}\n${text}`);
        }
      }
      if (performance.now() - start > SLOWEST_MS) failures.push(`seed ${seed}: took too long`);
    }
    expect(failures.join('\n')).toBe('');
    // Some survive their mutations: the compiler is reached too.
    expect(compiled / COUNT).toBeGreaterThan(0.005);
  }, 3_600_000);
});
