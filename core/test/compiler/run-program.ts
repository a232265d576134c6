/** Runs D on the kernel: BEGIN and END once, and what they recorded comes back decoded. */
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import syscallProvider from '../../../providers/syscall/src/index.js';
import type {
  AggregationEvent,
  ErrorEvent,
  EventValue,
  ProbeEvent,
} from '../../src/consumer/events-types.js';
import { DTrace, LocalHost } from '../../src/index.js';
import type { OptionSetting } from '../../src/session/run-options.js';

/** `WITHOUT=may_goto,iter_num`: what an older kernel does not have. */
const hidden = new Set((process.env.WITHOUT ?? '').split(','));

class TestHost extends LocalHost {
  override has(feature: string): boolean {
    return !hidden.has(feature) && super.has(feature);
  }
}

/** One engine for all tests: reading the kernel's types takes time. */
export const engine = new DTrace(new TestHost(), [dtraceProvider, syscallProvider]);

export interface Outcome {
  readonly records: readonly ProbeEvent[];
  readonly faults: readonly ErrorEvent[];
  readonly aggregations: ReadonlyMap<string, AggregationEvent>;
  readonly drops: ReadonlyMap<string, bigint>;
}

/** Compiles, loads, runs BEGIN and END, and gives all that came of it. */
export async function runProgram(text: string, options: readonly OptionSetting[] = []): Promise<Outcome> {
  const program = engine.compile(text, { options: [['quiet', undefined], ...options] });
  const session = engine.session(program);
  const records: ProbeEvent[] = [];
  const faults: ErrorEvent[] = [];
  const aggregations = new Map<string, AggregationEvent>();
  const drops = new Map<string, bigint>();
  session.on('record', (event) => records.push(event));
  session.on('fault', (event) => faults.push(event));
  session.on('aggregations', (events) => {
    for (const event of events) aggregations.set(event.name, event);
  });
  session.on('drop', ({ kind, count }) => drops.set(kind, (drops.get(kind) ?? 0n) + BigInt(count)));
  await session.start();
  await session.stop();
  return { records, faults, aggregations, drops };
}

/** The values of expressions, each in a clause of its own; `before` runs first. A fault gives undefined. */
export async function evaluateAll(
  expressions: readonly string[],
  before = '',
  options: readonly OptionSetting[] = [],
): Promise<(EventValue | undefined)[]> {
  const clauses = expressions.map((expression) => `BEGIN\n{\n\ttrace(${expression});\n}\n`);
  const first = before === '' ? [] : [`BEGIN\n{\n\t${before}\n}\n`];
  const { records } = await runProgram([...first, ...clauses].join('\n'), options);
  const results = new Array<EventValue | undefined>(expressions.length).fill(undefined);
  for (const { clause, actions } of records) {
    const index = clause - first.length;
    if (index >= 0) results[index] = actions[0]?.values[0];
  }
  return results;
}
