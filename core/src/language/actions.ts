/**
 * Every action of the illumos and Oracle manuals, and the aggregating functions: what may only stand as a statement
 * (the aggregating functions: as the right side of `@name[keys] =`).
 */
import type { AggregatingFunction } from './checked.js';
import { type Prototype, prototype, prototypeTable, type Support } from './prototypes.js';

/** What an action does to the order of actions in a clause: see `checker/clause-order.ts`. */
export type ActionEffect = 'record' | 'speculate' | 'commit' | 'discard' | 'exit' | 'none';

export interface Action extends Prototype {
  readonly effect: ActionEffect;
  /** Also usable as a value: an aggregation key, an argument of printf or trace. */
  readonly value: boolean;
}

interface Extras {
  readonly effect?: ActionEffect;
  readonly destructive?: true;
  readonly value?: true;
}

function action(name: string, text: string, support: Support = 'planned', extras: Extras = {}): Action {
  return {
    ...prototype(name, text, support, extras.destructive ?? false),
    effect: extras.effect ?? 'record',
    value: extras.value ?? false,
  };
}

const value: Extras = { value: true };
const destructive: Extras = { destructive: true };
const noPcap: Support = {
  absent: 'it writes to a file of packets; record the bytes with tracemem() instead',
};
const noPanic: Support = { absent: 'a BPF program cannot stop the kernel' };

export const actions: ReadonlyMap<string, Action> = new Map(
  [
    // ---- recording data
    action('trace', 'void(@)', 'compiled'),
    action('tracemem', 'void(@, size_t, [size_t])', 'compiled'),
    action('printf', 'void(string, ...)', 'compiled'),
    action('printa', 'void(@, ...)', 'compiled'),
    action('print', 'void(@)', 'compiled'),
    action('pcap', 'void(void *, int)', noPcap),
    action('stack', 'stack([uint32_t])', 'compiled', value),
    action('ustack', 'stack([uint32_t], [uint32_t])', 'compiled', value),
    action('jstack', 'stack([uint32_t], [uint32_t])', 'compiled', value),
    action('sym', '_symaddr(uintptr_t)', 'compiled', value),
    action('func', '_symaddr(uintptr_t)', 'compiled', value),
    action('mod', '_symaddr(uintptr_t)', 'compiled', value),
    action('usym', '_usymaddr(uintptr_t)', 'compiled', value),
    action('ufunc', '_usymaddr(uintptr_t)', 'compiled', value),
    action('umod', '_usymaddr(uintptr_t)', 'compiled', value),
    action('uaddr', '_usymaddr(uintptr_t)', 'compiled', value),

    // ---- aggregations
    action('clear', 'void(@)', 'compiled'),
    action('trunc', 'void(@, [int64_t])', 'compiled'),
    action('normalize', 'void(@, uint64_t)', 'compiled'),
    action('denormalize', 'void(@)', 'compiled'),

    // ---- the tracing run
    action('exit', 'void(int)', 'compiled', { effect: 'exit' }),
    action('setopt', 'void(const char *, [const char *])', 'compiled'),
    action('freopen', 'void(string, ...)', 'compiled', destructive),
    action('ftruncate', 'void()', 'compiled'),
    action('speculate', 'void(int)', 'compiled', { effect: 'speculate' }),
    action('commit', 'void(int)', 'compiled', { effect: 'commit' }),
    action('discard', 'void(int)', 'compiled', { effect: 'discard' }),

    // ---- changing the traced system
    action('system', 'void(string, ...)', 'compiled', destructive),
    action('raise', 'void(int)', 'compiled', destructive),
    action('stop', 'void()', 'compiled', destructive),
    action('return', 'void(uint64_t)', 'compiled', destructive),
    action('chill', 'void(int)', 'compiled', destructive),
    action('panic', 'void()', noPanic, destructive),
    action('breakpoint', 'void()', noPanic, destructive),
  ].map((entry) => [entry.name, entry]),
);

const aggregating = (name: AggregatingFunction, text: string): Prototype => prototype(name, text, 'compiled');

export const aggregatingFunctions = prototypeTable([
  aggregating('count', 'void()'),
  aggregating('sum', 'void(@)'),
  aggregating('avg', 'void(@)'),
  aggregating('min', 'void(@)'),
  aggregating('max', 'void(@)'),
  aggregating('stddev', 'void(@)'),
  aggregating('quantize', 'void(@, ...)'),
  aggregating('lquantize', 'void(@, int32_t, int32_t, ...)'),
  aggregating('llquantize', 'void(@, int32_t, int32_t, int32_t, int32_t, ...)'),
]);
