/** The actions that are carried out when their record is reached, instead of being printed. */
import { Fault } from '../language/faults.js';
import type { Aggregations } from './aggregation/index.js';
import { printDefault, printFormatted } from './aggregation/print.js';
import { type ConsumerOptions, setConsumerOption } from './options.js';
import type { Output } from './output.js';
import type { PlannedAction } from './plan.js';
import type { Printing } from './printf/conversions.js';
import { type Integer, isInteger, type ProbeRecord } from './values.js';

export interface Performing {
  readonly output: Output;
  readonly options: ConsumerOptions;
  readonly printing: Printing;
  readonly aggregations: Aggregations;
  readonly runCommand?: (command: string) => void;
  readonly setOption?: (name: string, value: string) => string | undefined;
  exit(status: number): void;
  /** What was recorded to a speculation is processed now. */
  commit(id: number): void;
  discard(id: number): void;
}

export type Performer = (context: Performing, record: ProbeRecord, action: PlannedAction) => void;

/** Done in the kernel already, or marking only: nothing is left to do and nothing is printed. */
const done: Performer = () => {};

/** Actions that are not here carry data for the output. */
export const performers: Readonly<Record<string, Performer>> = {
  exit: ({ exit }, _record, action) => exit(Number(argument(action, 0))),
  printa,
  clear: ({ aggregations }, _record, { schema }) => {
    for (const index of schema.aggregations ?? []) aggregations.clear(index);
  },
  trunc: ({ aggregations }, _record, action) => {
    const kept = Number(argument(action, 0));
    for (const index of action.schema.aggregations ?? []) aggregations.truncate(index, kept);
  },
  normalize: (context, _record, action) => setNormal(context, action, BigInt(argument(action, 1))),
  denormalize: (context, _record, action) => setNormal(context, action, 1n),
  system: ({ output, runCommand }, _record, action) => {
    output.flush();
    runCommand?.(action.text());
  },
  freopen,
  ftruncate: ({ output }) => output.truncate(),
  setopt,
  default: done,
  speculate: done,
  commit: ({ commit }, _record, action) => commit(Number(argument(action, 0))),
  discard: ({ discard }, _record, action) => discard(Number(argument(action, 0))),
  raise: done,
  stop: done,
  return: done,
  chill: done,
};

function printa(
  { aggregations, output, printing }: Performing,
  record: ProbeRecord,
  { schema, plan }: PlannedAction,
): void {
  const states = aggregations.current(schema.aggregations ?? []);
  output.aggregations(record, states, () =>
    schema.format === undefined
      ? `\n${printDefault(states, printing)}`
      : printFormatted(states, plan.text, printing),
  );
  for (const state of states) state.printed = true;
}

function setNormal({ aggregations }: Performing, { schema }: PlannedAction, normal: bigint): void {
  for (const index of schema.aggregations ?? []) aggregations.states[index]!.normal = normal;
}

function freopen(context: Performing, record: ProbeRecord, action: PlannedAction): void {
  const path = action.text();
  try {
    context.output.reopen(path === '' ? undefined : path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    failed(context, record, `couldn't freopen() "${path}": ${reason}`);
  }
}

function setopt(context: Performing, record: ProbeRecord, { schema, values }: PlannedAction): void {
  const [name = '', value = '1'] = [...(schema.constants ?? []), ...values].map(String);
  if (setConsumerOption(context.options, name, value)) return;
  const problem = context.setOption ? context.setOption(name, value) : 'Invalid option name';
  if (problem !== undefined) {
    // The empty line after it is as old as the message.
    failed(context, record, `couldn't set option "${name}" to "${value}": ${problem}\n`);
  }
}

function failed({ output }: Performing, { epid, probe, cpu }: ProbeRecord, text: string): void {
  output.fault({ epid, probe, cpu, kind: Fault.library, text });
}

/** The action's number, recorded or fixed when compiled. */
function argument({ schema, values }: PlannedAction, otherwise: Integer): Integer {
  if (isInteger(values[0])) return values[0];
  const fixed = schema.constants?.[0];
  return typeof fixed === 'bigint' ? fixed : otherwise;
}
