/** Two kernels that keep the same things in different places, made up. */
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import { DTrace, RecordedHost } from '../../src/index.js';
import { layoutRecord, type MemberSpecification } from '../../src/language/types/layout.js';
import type { EnumType, IntegerType, RecordType, Type, TypeSource } from '../../src/language/types.js';

const integer = (name: string, size: IntegerType['size'], signed = true): IntegerType => ({
  kind: 'integer',
  name,
  size,
  signed,
});
export const INT = integer('int', 4);
export const UNSIGNED = integer('unsigned int', 4, false);
export const LONG = integer('long', 8);
const CHAR: IntegerType = { ...integer('char', 1), char: true };

export const struct = (tag: string, members: readonly MemberSpecification[]): RecordType =>
  layoutRecord('struct', tag, members, 0);
export const union = (tag: string, members: readonly MemberSpecification[]): RecordType =>
  layoutRecord('union', tag, members, 0);
export const array = (of: Type, length: number): Type => ({ kind: 'array', of, length });
const pointer = (to: () => Type): Type => ({
  kind: 'pointer',
  get to() {
    return to();
  },
});

/** `before`: words in front of all that is looked at; the other changes are those that kernels make. */
export interface Changes {
  readonly before: number;
  /** Bits of flags in front of the one that is looked at. */
  readonly flags: number;
  readonly counterWords: number;
  readonly state: bigint;
  readonly address: bigint;
  readonly omit?: string;
  readonly pid?: Type;
}

export const FIRST: Changes = {
  before: 0,
  flags: 3,
  counterWords: 1,
  state: 4n,
  address: 0xffffffff81000000n,
};
export const SECOND: Changes = {
  before: 5,
  flags: 6,
  counterWords: 4,
  state: 9n,
  address: 0xffffffff9abcde00n,
};

function typesOf(changes: Changes): TypeSource {
  const padding = (name: string) => ({ name, type: array(LONG, changes.before) });
  const counter = struct('counter', [
    { name: 'value', type: LONG },
    { name: 'spare', type: array(LONG, changes.counterWords) },
  ]);
  const state: EnumType = {
    kind: 'enum',
    tag: 'state',
    size: 4,
    signed: false,
    enumerators: new Map([['STATE_BUSY', changes.state]]),
  };
  const memory = struct('memory', [
    padding('a'),
    { name: 'counters', type: array(counter, 4) },
    { name: 'total', type: LONG },
  ]);
  const members: MemberSpecification[] = [
    padding('a'),
    { name: 'low', type: UNSIGNED, bits: changes.flags },
    { name: 'flag', type: UNSIGNED, bits: 1 },
    { name: 'high', type: UNSIGNED, bits: 3 },
    { name: 'pid', type: changes.pid ?? INT },
    { name: 'tgid', type: INT },
    {
      name: '',
      type: union('', [
        { name: 'whole', type: LONG },
        { name: '', type: struct('', [padding('b'), { name: 'part', type: INT }]) },
      ]),
    },
    { name: 'counter', type: counter },
    { name: 'state', type: state },
    { name: 'memory', type: pointer(() => memory) },
    { name: 'comm', type: array(CHAR, 16) },
    { name: 'real_parent', type: pointer(() => task) },
  ];
  const task: RecordType = struct(
    'task_struct',
    members.filter(({ name }) => name !== changes.omit),
  );
  const records: Readonly<Record<string, RecordType>> = { task_struct: task, memory, counter };
  return {
    findRecord: (kind, tag) => (kind === 'struct' ? records[tag] : undefined),
    findEnum: (tag) => (tag === 'state' ? state : undefined),
    findTypedef: () => undefined,
    findEnumerator: (name) => (name === 'STATE_BUSY' ? { value: changes.state, type: state } : undefined),
    findSymbol: (name) => (name === 'counter' ? { type: counter, address: changes.address } : undefined),
    findFunction: () => undefined,
  };
}

/** A machine with such a kernel. */
export function machine(changes: Changes, cpus = 2): DTrace {
  const features = ['tp_btf', 'ringbuf', 'task_storage', 'get_current_task_btf'];
  return new DTrace(new RecordedHost({ types: typesOf(changes), features, cpus }), [dtraceProvider]);
}
