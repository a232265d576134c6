import {
  type Alternatives,
  EVOLVING,
  type Host,
  type ProbeTable,
  systemCalls,
  type TableProbe,
} from '@dtrace/core/provider';

/** arg0: by how much the counter of that name grows. */
const counts = (name: string, tracepoint: Alternatives, guard?: string, amount = '1'): TableProbe => ({
  name,
  tracepoint,
  ...(guard !== undefined && { guard }),
  args: [{ type: 'uint64_t', value: amount }],
});

/** Requests to disks; before Linux 5.11 the queue came first. */
const REQUESTS = [
  { request: 'args[0]', needs: { first: 'request' } },
  { request: 'args[1]', needs: { first: 'request_queue', parameters: 2 } },
];
const isWrite = (request: string) => `(${request}->cmd_flags & 1)`;
/** Somebody waits for it. */
const isSync = (request: string) => `(${request}->cmd_flags & (1 << 11))`;
const request = (name: string, guard: (request: string) => string): TableProbe =>
  counts(
    name,
    REQUESTS.map(({ request, needs }) => ({
      tracepoint: 'block_rq_issue',
      needs,
      guard: `${request}->bio && ${request}->__data_len && ${guard(request)}`,
    })),
  );

/** CLONE_VFORK, CLONE_THREAD */
const FLAG = { vfork: '(args[1] & 0x4000)', thread: '(args[1] & 0x10000)' } as const;

/** How a lock is waited for: LCB_F_READ, LCB_F_WRITE, LCB_F_MUTEX. */
const LOCK = {
  read: '(args[1] & 2)',
  write: '(args[1] & 4)',
  mutex: '(args[1] & 32)',
};

/** A task switch that the thread did not ask for. */
const TAKEN_OFF = ['args[3]', 'args[1]->__state', 'args[1]->state'].map((state, i) => ({
  tracepoint: 'sched_switch',
  needs: [{ parameters: 4 }, { member: 'task_struct.__state' }, { member: 'task_struct.state' }][i]!,
  guard: `args[1]->pid != 0 && (args[0] || ${state} == 0)`,
}));

const READS = ['read', 'readv', 'pread64', 'preadv', 'preadv2'];
const WRITES = ['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'];
const CREATES = ['clone', 'fork', 'vfork', 'clone3'];
const EAGAIN = 11;

function probes(arch: Host['arch']): readonly TableProbe[] {
  const calls = systemCalls(arch);
  const moved = (name: string, names: readonly string[]) =>
    counts(name, 'sys_exit', `args[1] > 0 && ${calls.leaves(...names)}`, 'args[1]');
  const called = (name: string, ...names: readonly string[]) =>
    counts(name, 'sys_enter', calls.enters(...names));
  return [
    request('bawrite', (request) => `${isWrite(request)} && !${isSync(request)}`),
    request('bread', (request) => `!${isWrite(request)}`),
    request('bwrite', isWrite),
    counts('idlethread', 'sched_switch', 'args[2]->pid == 0'),
    counts('inv_swtch', TAKEN_OFF),
    counts('lread', 'block_touch_buffer'),
    counts('lwrite', 'block_dirty_buffer'),
    counts('modload', 'module_load'),
    counts('modunload', 'module_free'),
    called('msg', 'msgsnd', 'msgrcv'),
    counts('mutex_adenters', 'contention_begin', LOCK.mutex),
    counts('nthreads', 'task_newtask'),
    counts('procovf', 'sys_exit', `args[1] == -${EAGAIN} && ${calls.leaves(...CREATES)}`),
    counts('pswitch', 'sched_switch'),
    moved('readch', READS),
    counts('rw_rdfails', 'contention_begin', `${LOCK.read} && !${LOCK.mutex}`),
    counts('rw_wrfails', 'contention_begin', `${LOCK.write} && !${LOCK.mutex}`),
    called('sema', 'semop', 'semtimedop', 'semctl'),
    called('sysexec', 'execve', 'execveat'),
    counts('sysfork', 'task_newtask', `!${FLAG.thread} && !${FLAG.vfork}`),
    called('sysread', ...READS),
    counts('sysvfork', 'task_newtask', FLAG.vfork),
    called('syswrite', ...WRITES),
    { ...counts('trap', 'page_fault_user'), also: ['page_fault_kernel'] },
    moved('writech', WRITES),
    counts('xcalls', ['csd_queue_cpu', 'ipi_send_cpumask', 'ipi_raise']),
  ];
}

const NO_UFS = 'it counts work of a file system that Linux does not have';

export const sysinfoTable = (arch: Host['arch']): ProbeTable => ({
  name: 'sysinfo',
  attributes: EVOLVING,
  weight: 141,
  probes: probes(arch),
  absent: {
    intrblk: 'no tracepoint tells of an interrupt thread that waits',
    namei: 'no tracepoint tells of a path that is looked up',
    phread: 'requests of raw devices look like any other',
    phwrite: 'requests of raw devices look like any other',
    ufsdirblk: NO_UFS,
    ufsiget: NO_UFS,
    ufsinopage: NO_UFS,
    ufsipage: NO_UFS,
    wait_ticks_io: 'Linux charges no ticks to waiting for I/O one by one',
  },
});
