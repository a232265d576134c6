import { attributes, type ProbeTable, type TablePreparation, type TableProbe } from '@dtrace/core/provider';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

/** What contention_begin says of a lock and of the way it is waited for; a bit above them: the thread slept. */
const FLAG = { spin: 1, read: 2, write: 4, realTime: 8, mutex: 32 } as const;
const SLEPT = 0x10000;
const ADAPTIVE = FLAG.realTime | FLAG.mutex;
const READ_WRITE = FLAG.read | FLAG.write;

const VARIABLES = `self int lockstat_goes_on; self uint64_t lockstat_began; self uint64_t lockstat_ended;
  self int lockstat_how; self uintptr_t lockstat_lock;`;

/**
 * One wait may have several beginnings (spinning, sleeping, spinning again) and has one end. A wait within a wait, in an
 * interrupt that falls into a spinning thread, makes the outer one forgotten.
 */
const WAIT: readonly TablePreparation[] = [
  {
    tracepoint: 'contention_begin',
    declare: VARIABLES,
    assign: [
      `self->lockstat_goes_on =
        self->lockstat_lock == (uintptr_t)args[0] && self->lockstat_ended < self->lockstat_began`,
      'self->lockstat_began = self->lockstat_goes_on ? self->lockstat_began : timestamp',
      `self->lockstat_how = (self->lockstat_goes_on ? self->lockstat_how : 0) | args[1] |
        ((args[1] & ${FLAG.spin}) ? 0 : ${SLEPT})`,
      'self->lockstat_lock = (uintptr_t)args[0]',
    ],
  },
  {
    tracepoint: 'contention_end',
    guard: 'self->lockstat_lock == (uintptr_t)args[0]',
    declare: VARIABLES,
    assign: ['self->lockstat_ended = timestamp'],
  },
];

const has = (bits: number) => `(self->lockstat_how & ${bits})`;
const TIME = { type: 'uint64_t', value: 'timestamp - self->lockstat_began' };
/** RW_WRITER and RW_READER */
const HOW = { type: 'int', value: `${has(FLAG.read)} ? 1 : 0` };

function waited(name: string, lock: string, guard: string, more: TableProbe['args'] = [TIME]): TableProbe {
  return {
    name,
    tracepoint: 'contention_end',
    guard: `self->lockstat_lock == (uintptr_t)args[0] && ${guard}`,
    prepare: WAIT,
    args: [{ type: lock, value: 'args[0]' }, ...more],
  };
}

const UNSEEN =
  'the kernel tells only of locks that are waited for, not of those that are got at once or given back';

export const lockstatTable: ProbeTable = {
  name: 'lockstat',
  attributes: { provider: EVOLVING, module: PRIVATE, function: PRIVATE, name: EVOLVING, args: EVOLVING },
  weight: 125,
  probes: [
    waited('adaptive-acquire-error', 'struct mutex *', `args[1] != 0 && ${has(ADAPTIVE)}`, [
      { type: 'int', value: '-args[1]' },
    ]),
    waited('adaptive-block', 'struct mutex *', `${has(ADAPTIVE)} && ${has(SLEPT)}`),
    waited('adaptive-spin', 'struct mutex *', `${has(ADAPTIVE)} && !${has(SLEPT)}`),
    waited('rw-block', 'struct rw_semaphore *', `!${has(ADAPTIVE)} && ${has(READ_WRITE)} && ${has(SLEPT)}`, [
      TIME,
      HOW,
    ]),
    waited('rw-spin', 'struct qrwlock *', `!${has(ADAPTIVE)} && ${has(READ_WRITE)} && !${has(SLEPT)}`, [
      TIME,
      HOW,
    ]),
    waited('spin-spin', 'struct qspinlock *', `!${has(ADAPTIVE | READ_WRITE)} && !${has(SLEPT)}`),
  ],
  absent: {
    'adaptive-acquire': UNSEEN,
    'adaptive-release': UNSEEN,
    'rw-acquire': UNSEEN,
    'rw-downgrade': UNSEEN,
    'rw-release': UNSEEN,
    'rw-upgrade': UNSEEN,
    'spin-acquire': UNSEEN,
    'spin-release': UNSEEN,
    'thread-spin': 'Linux has no thread locks',
  },
};
