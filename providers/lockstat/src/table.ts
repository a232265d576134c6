import {
  EVOLVING,
  type ProbeArgument,
  type ProbeTable,
  type TablePreparation,
  type TableProbe,
  type TableSite,
} from '@dtrace/core/provider';

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

/** RW_WRITER and RW_READER */
type Side = 'write' | 'read';
const sideOf = (side: Side): ProbeArgument => ({ type: 'int', value: side === 'read' ? '1' : '0' });

/** A function that gets a lock or gives it back, and what its result means, if it is not always got. */
interface LockFunction {
  readonly name: string;
  readonly got?: string;
  readonly side?: Side;
}

const SUCCEEDS = 'args[0] == 0';
const TRIES = 'args[0] != 0';
const each = (names: string, rest: Omit<LockFunction, 'name'> = {}): readonly LockFunction[] =>
  names.split(' ').map((name) => ({ name, ...rest }));

interface Lock {
  readonly type: string;
  /** Where the lock is noted when the function is entered; getting one kind may take getting another. */
  readonly variable: string;
  readonly acquire: readonly LockFunction[];
  readonly release: readonly LockFunction[];
  /** Handlers of interrupts get such locks, too, and may do so while one is being got. */
  readonly interrupted?: boolean;
}

const MUTEX: Lock = {
  type: 'struct mutex *',
  variable: 'self->lockstat_mutex',
  acquire: [
    ...each('mutex_lock'),
    ...each('mutex_lock_interruptible mutex_lock_killable', { got: SUCCEEDS }),
    ...each('mutex_trylock', { got: TRIES }),
  ],
  release: each('mutex_unlock'),
};
const SEMAPHORE: Lock = {
  type: 'struct rw_semaphore *',
  variable: 'self->lockstat_semaphore',
  acquire: [
    ...each('down_read', { side: 'read' }),
    ...each('down_read_interruptible down_read_killable', { got: SUCCEEDS, side: 'read' }),
    ...each('down_read_trylock', { got: TRIES, side: 'read' }),
    ...each('down_write', { side: 'write' }),
    ...each('down_write_killable', { got: SUCCEEDS, side: 'write' }),
    ...each('down_write_trylock', { got: TRIES, side: 'write' }),
  ],
  release: [...each('up_read', { side: 'read' }), ...each('up_write', { side: 'write' })],
};
/** A program there takes spin locks itself: Linux 6.1 has been seen to stop. */
const SPIN_LOCKS = 'programs on the functions of spin locks can stop the kernel';

const lockArguments = (type: string, value: string, side: Side | undefined): readonly ProbeArgument[] => [
  { type, value },
  ...(side === undefined ? [] : [sideOf(side)]),
];

/** After an interrupt in between, which has told of its own lock, it is not known which one the function got. */
function acquired({ type, variable, interrupted }: Lock, { name, got, side }: LockFunction): TableSite {
  const place = {
    return: name,
    guard: got === undefined ? `${variable} != 0` : `${variable} != 0 && ${got}`,
  };
  const declare = `self uintptr_t ${variable.replace('self->', '')};`;
  return {
    ...place,
    prepare: [
      { entry: name, declare, assign: [`${variable} = (uintptr_t)args[0]`] },
      ...(interrupted ? [{ ...place, declare, assign: [`${variable} = 0`] }] : []),
    ],
    args: lockArguments(type, `(${type})${variable}`, side),
  };
}
const released = ({ type }: Lock, { name, side }: LockFunction): TableSite => ({
  entry: name,
  args: lockArguments(type, 'args[0]', side),
});

/** A probe of all functions that do one thing. */
function seen(name: string, sites: readonly TableSite[]): TableProbe {
  const [first, ...others] = sites;
  return { name, tracepoint: first!, also: others };
}
const acquire = (name: string, lock: Lock) =>
  seen(
    name,
    lock.acquire.map((one) => acquired(lock, one)),
  );
const release = (name: string, lock: Lock) =>
  seen(
    name,
    lock.release.map((one) => released(lock, one)),
  );

export const lockstatTable: ProbeTable = {
  name: 'lockstat',
  attributes: EVOLVING,
  weight: 125,
  probes: [
    acquire('adaptive-acquire', MUTEX),
    waited('adaptive-acquire-error', 'struct mutex *', `args[1] != 0 && ${has(ADAPTIVE)}`, [
      { type: 'int', value: '-args[1]' },
    ]),
    waited('adaptive-block', 'struct mutex *', `${has(ADAPTIVE)} && ${has(SLEPT)}`),
    release('adaptive-release', MUTEX),
    waited('adaptive-spin', 'struct mutex *', `${has(ADAPTIVE)} && !${has(SLEPT)}`),
    acquire('rw-acquire', SEMAPHORE),
    waited('rw-block', 'struct rw_semaphore *', `!${has(ADAPTIVE)} && ${has(READ_WRITE)} && ${has(SLEPT)}`, [
      TIME,
      HOW,
    ]),
    { name: 'rw-downgrade', tracepoint: released(SEMAPHORE, { name: 'downgrade_write' }) },
    release('rw-release', SEMAPHORE),
    waited('rw-spin', 'rwlock_t *', `!${has(ADAPTIVE)} && ${has(READ_WRITE)} && !${has(SLEPT)}`, [TIME, HOW]),
    waited('spin-spin', 'spinlock_t *', `!${has(ADAPTIVE | READ_WRITE)} && !${has(SLEPT)}`),
  ],
  absent: {
    'rw-upgrade': 'Linux has no lock of readers that one of them can make its own',
    'spin-acquire': SPIN_LOCKS,
    'spin-release': SPIN_LOCKS,
    'thread-spin': 'Linux has no thread locks',
  },
};
