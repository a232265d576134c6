/** Runs a generated program and says how its outcome differs from the model's. */
import type { EventValue } from '../../src/consumer/events-types.js';
import type { GeneratedProgram } from './generator.js';
import { keyText, type ModelValue } from './model/machine.js';
import { type Outcome, runProgram } from './run-program.js';

const shown = (value: ModelValue): string =>
  typeof value === 'bigint' ? `${value}` : value.toString('utf8');
const found = (value: EventValue): string =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string' ? `${value}` : '?';

const fold: Readonly<Record<string, (values: readonly bigint[]) => bigint>> = {
  count: (values) => BigInt(values.length),
  sum: (values) =>
    BigInt.asIntN(
      64,
      values.reduce((a, b) => a + b, 0n),
    ),
  min: (values) => values.reduce((a, b) => (b < a ? b : a)),
  max: (values) => values.reduce((a, b) => (b > a ? b : a)),
};

/** Runs it again when the kernel had no memory for a key at that moment: a drop says so, and is no mistake. */
async function runWhole(program: GeneratedProgram, attempts = 3): Promise<Outcome> {
  const outcome = await runProgram(program.text, [['strsize', `${program.strsize - 1}`]]);
  return outcome.drops.size === 0 || attempts === 1 ? outcome : runWhole(program, attempts - 1);
}

export async function differences(program: GeneratedProgram): Promise<string[]> {
  const wanted = program.outcome();
  const got = await runWhole(program);
  const problems: string[] = [];
  const check = (what: string, a: string, b: string) => {
    if (a !== b) problems.push(`${what}: wanted ${a}, got ${b}`);
  };
  check('drops', '', [...got.drops].map(([kind, count]) => `${kind} ${count}`).join());
  check('faults', `${wanted.faults.length}`, `${got.faults.length}`);
  const records = got.records.map(({ actions }) => actions.flatMap(({ values }) => values.map(found)));
  check(
    'records',
    JSON.stringify(wanted.records.map((record) => record.map(shown))),
    JSON.stringify(records),
  );
  for (const [name, rows] of wanted.aggregations) {
    const values = new Map(
      got.aggregations
        .get(name)
        ?.rows.map(({ key, value }) => [
          keyText(key.map((part) => (typeof part === 'string' ? Buffer.from(part) : BigInt(part as number)))),
          value,
        ]),
    );
    for (const [key, list] of rows) {
      check(`@${name}${key}`, `${fold[name.replace('by', '')]!(list)}`, `${values.get(key)}`);
    }
    check(`rows of @${name}`, [...rows.keys()].sort().join(' '), [...values.keys()].sort().join(' '));
  }
  return problems;
}
