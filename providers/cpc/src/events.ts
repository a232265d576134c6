/** Events by the names that Linux's own tools give them, with `_` for `-`. */
import type { CounterSite } from '@dtrace/core/provider';

export interface Event extends Pick<CounterSite, 'type' | 'config'> {
  /** Count that a listing shows. */
  readonly usual: number;
  /** The smallest count that does not bring the machine to a halt. */
  readonly least: number;
}

const software = (config: string, usual: number, least = 1): Event => ({
  type: 'software',
  config,
  usual,
  least,
});
const hardware = (config: string): Event => ({ type: 'hardware', config, usual: 1_000_000, least: 5_000 });

/** Clocks count nanoseconds. */
const CLOCK = [1_000_000, 10_000] as const;

export const EVENTS: Readonly<Record<string, Event>> = {
  cpu_clock: software('cpu-clock', ...CLOCK),
  task_clock: software('task-clock', ...CLOCK),
  page_faults: software('page-faults', 100),
  minor_faults: software('minor-faults', 100),
  major_faults: software('major-faults', 1),
  context_switches: software('context-switches', 100),
  cpu_migrations: software('cpu-migrations', 1),
  alignment_faults: software('alignment-faults', 1),
  emulation_faults: software('emulation-faults', 1),
  cpu_cycles: hardware('cpu-cycles'),
  instructions: hardware('instructions'),
  cache_references: hardware('cache-references'),
  cache_misses: hardware('cache-misses'),
  branch_instructions: hardware('branch-instructions'),
  branch_misses: hardware('branch-misses'),
  bus_cycles: hardware('bus-cycles'),
  stalled_cycles_frontend: hardware('stalled-cycles-frontend'),
  stalled_cycles_backend: hardware('stalled-cycles-backend'),
  ref_cycles: hardware('ref-cycles'),
};

/** What others call them: perf's short names and the generic names of PAPI. */
const ALIASES: Readonly<Record<string, string>> = {
  faults: 'page_faults',
  cs: 'context_switches',
  migrations: 'cpu_migrations',
  cycles: 'cpu_cycles',
  branches: 'branch_instructions',
  PAPI_tot_cyc: 'cpu_cycles',
  PAPI_tot_ins: 'instructions',
  PAPI_br_ins: 'branch_instructions',
  PAPI_br_msp: 'branch_misses',
  PAPI_l2_tca: 'cache_references',
  PAPI_l2_tcm: 'cache_misses',
};

/** A number that the processor's manual gives: `r01c2`. */
const RAW = /^r([0-9a-f]{1,16})$/;

export function findEvent(text: string): Event | undefined {
  const name = text.replaceAll('-', '_');
  const known = EVENTS[ALIASES[name] ?? name];
  if (known !== undefined) return known;
  const [, number] = RAW.exec(text) ?? [];
  return number === undefined ? undefined : { ...hardware(''), type: 'raw', config: BigInt(`0x${number}`) };
}
