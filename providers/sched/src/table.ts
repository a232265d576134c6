import {
  EVOLVING,
  type Host,
  type Needs,
  type ProbeArgument,
  type ProbeTable,
  type SystemCalls,
  systemCalls,
  type TableProbe,
  type TableSite,
} from '@dtrace/core/provider';

const task = (value: string): readonly ProbeArgument[] => [
  { type: 'struct task_struct *', value, translated: 'lwpsinfo_t *' },
  { type: 'struct task_struct *', value, translated: 'psinfo_t *' },
];
const cpu = (value: string): ProbeArgument => ({ type: 'int', value, translated: 'cpuinfo_t *' });

/** What a thread that leaves a CPU is about to do, by where a kernel keeps it. */
const STATES: readonly { readonly state: string; readonly needs: Needs }[] = [
  { state: 'args[3]', needs: { parameters: 4 } },
  { state: 'args[1]->__state', needs: { member: 'task_struct.__state' } },
  { state: 'args[1]->state', needs: { member: 'task_struct.state' } },
];

type Switch = Omit<TableSite, 'tracepoint' | 'needs' | 'guard'>;

/** args[] of sched_switch: whether the thread was preempted, the thread that leaves, the one that comes. */
const leaving = (guard: (state: string) => string, site: Switch): readonly TableSite[] =>
  STATES.map(({ state, needs }) => ({ tracepoint: 'sched_switch', needs, guard: guard(state), ...site }));

/** Not the idle thread, which is on no queue, and still able to run: it goes back on the queue. */
const runnable = (state: string) => `args[1]->pid != 0 && (args[0] || ${state} == 0)`;
/** TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE */
const asleep = (state: string) => `!args[0] && (${state} & 3) != 0`;

/** Whether it is put at the head of the queue: Linux's queues are ordered by other things. */
const AT_HEAD: ProbeArgument = { type: 'int', value: '0' };

/** Which CPU's queue a thread is on, or was last, is kept with the thread, in one of two places. */
const QUEUES = [
  { queue: 'args[0]->thread_info.cpu', member: 'thread_info.cpu' },
  { queue: 'args[0]->cpu', member: 'task_struct.cpu' },
];

/** A thread that is put on a queue by waking it. */
const woken = (tracepoint: string): readonly TableSite[] =>
  QUEUES.map(({ queue, member }) => ({
    tracepoint,
    needs: { member },
    args: [...task('args[0]'), cpu(queue), AT_HEAD],
  }));

/** A thread that could run, moved from one CPU's queue to another's. */
const moved = (args: (from: string) => readonly ProbeArgument[]): readonly TableSite[] =>
  ['__state', 'state'].flatMap((state) =>
    QUEUES.map(({ queue, member }) => ({
      tracepoint: 'sched_migrate_task',
      needs: { member: [member, `task_struct.${state}`] },
      guard: `args[0]->on_rq && args[0]->${state} == 0`,
      args: [...task('args[0]'), ...args(queue)],
    })),
  );

/** The scheduler's own timer, by the names its function has had: where there are both, the newer name is another's. */
const TICKS = ['tick_sched_timer', 'tick_nohz_handler'].map(
  (name): TableSite => ({
    tracepoint: 'hrtimer_expire_entry',
    needs: { function: name },
    guard: `(uintptr_t)args[0]->function == (uintptr_t)&\`${name}`,
  }),
);

/** A CPU that another CPU tells to look whether something else should run: who tells, or the CPU that is told. */
const TOLD: readonly TableSite[] = [
  { tracepoint: 'sched_set_need_resched_tp', guard: 'args[1] != cpu', args: task('args[0]') },
  { tracepoint: 'reschedule_entry', args: task('curthread') },
  {
    tracepoint: 'ipi_entry',
    guard: 'stringof(args[0]) == "Rescheduling interrupts"',
    args: task('curthread'),
  },
];

const changed = (task_: string, priority: string): readonly ProbeArgument[] => [
  ...task(task_),
  { type: 'int', value: priority },
];

const PRIO_PROCESS = 0;

/** Where a thread inherits the priority of one that waits for it, and where it asks for another itself. */
function changes(calls: SystemCalls): Pick<TableProbe, 'tracepoint' | 'also'> {
  const { argument } = calls;
  const own = (pid: string) => `((int)${pid} == 0 || (int)${pid} == tid)`;
  const word = (address: string, offset: number) => `*(userland int *)(${address} + ${offset})`;
  /** By policy: that of real-time threads, which count down from 99, or of the nice ones, which count from 120. */
  const priority = (policy: string, realTime: string, nice: string) =>
    `(${policy} == 1 || ${policy} == 2) ? 99 - ${realTime} : 120 + ${nice}`;
  const asks = (call: string, value: string): TableSite => ({
    tracepoint: 'sys_enter',
    function: call,
    guard: `${calls.enters(call)} && ${own(argument(0))}`,
    args: changed('curthread', value),
  });
  const NICE = '(curthread->static_prio - 120)';
  const inherits = 'args[1] && args[1]->prio < args[0]->normal_prio ? args[1]->prio : args[0]->normal_prio';
  return {
    tracepoint: { tracepoint: 'sched_pi_setprio', args: changed('args[0]', inherits) },
    also: [
      {
        tracepoint: 'sys_enter',
        function: 'setpriority',
        guard: `${calls.enters('setpriority')} && ${argument(0)} == ${PRIO_PROCESS} && ${own(argument(1))}`,
        args: changed('curthread', `120 + (int)${argument(2)}`),
      },
      asks('sched_setscheduler', priority(`(int)${argument(1)}`, word(argument(2), 0), NICE)),
      asks('sched_setparam', priority('curthread->policy', word(argument(1), 0), NICE)),
      asks('sched_setattr', priority(word(argument(1), 4), word(argument(1), 20), word(argument(1), 16))),
    ],
  };
}

const probes = (calls: SystemCalls): readonly TableProbe[] => [
  { name: 'change-pri', ...changes(calls) },
  {
    name: 'dequeue',
    tracepoint: 'sched_switch',
    guard: 'args[2]->pid != 0',
    args: [...task('args[2]'), cpu('cpu')],
    also: [moved((from) => [cpu(from)])],
  },
  {
    name: 'enqueue',
    tracepoint: woken('sched_wakeup'),
    also: [
      woken('sched_wakeup_new'),
      leaving(runnable, { args: [...task('args[1]'), cpu('cpu'), AT_HEAD] }),
      moved(() => [cpu('args[1]'), AT_HEAD]),
    ],
  },
  { name: 'off-cpu', tracepoint: 'sched_switch', args: task('args[2]') },
  { name: 'on-cpu', tracepoint: 'sched_switch', args: [], thread: 'args[2]' },
  { name: 'preempt', tracepoint: leaving(runnable, {}), args: [] },
  { name: 'remain-cpu', tracepoint: 'sched_exit_tp', guard: '!args[0]', args: [] },
  { name: 'sleep', tracepoint: leaving(asleep, {}), args: [] },
  { name: 'surrender', tracepoint: TOLD },
  { name: 'tick', tracepoint: TICKS, args: task('curthread') },
  { name: 'wakeup', tracepoint: 'sched_waking', args: task('args[0]') },
];

const NO_COUNTERPART = 'Linux has no user-level scheduling control';

export const schedTable = (arch: Host['arch']): ProbeTable => ({
  name: 'sched',
  attributes: EVOLVING,
  weight: 110,
  probes: probes(systemCalls(arch)),
  absent: {
    'schedctl-nopreempt': NO_COUNTERPART,
    'schedctl-preempt': NO_COUNTERPART,
    'schedctl-yield': NO_COUNTERPART,
  },
});
