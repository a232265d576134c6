import {
  attributes,
  type Needs,
  type ProbeArgument,
  type ProbeTable,
  type TableProbe,
  type TableSite,
} from '@dtrace/core/provider';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

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

/** A thread that is put on a queue by waking it; which CPU's queue is kept with the thread. */
const woken = (tracepoint: string): readonly TableSite[] =>
  ['thread_info.cpu', 'task_struct.cpu'].map((member) => ({
    tracepoint,
    needs: { member },
    args: [
      ...task('args[0]'),
      cpu(member === 'task_struct.cpu' ? 'args[0]->cpu' : 'args[0]->thread_info.cpu'),
    ],
  }));

/** The scheduler's own timer, by the names its function has had: where there are both, the newer name is another's. */
const TICKS = ['tick_sched_timer', 'tick_nohz_handler'].map(
  (name): TableSite => ({
    tracepoint: 'hrtimer_expire_entry',
    needs: { function: name },
    guard: `(uintptr_t)args[0]->function == (uintptr_t)&\`${name}`,
  }),
);

const PROBES: readonly TableProbe[] = [
  {
    // Only where a thread inherits the priority of one that waits for it; nothing tells of other changes.
    name: 'change-pri',
    tracepoint: 'sched_pi_setprio',
    args: [
      ...task('args[0]'),
      {
        type: 'int',
        value: 'args[1] && args[1]->prio < args[0]->normal_prio ? args[1]->prio : args[0]->normal_prio',
      },
    ],
  },
  {
    name: 'dequeue',
    tracepoint: 'sched_switch',
    guard: 'args[2]->pid != 0',
    args: [...task('args[2]'), cpu('cpu'), { type: 'int', value: '0' }],
  },
  {
    name: 'enqueue',
    tracepoint: woken('sched_wakeup'),
    also: [woken('sched_wakeup_new'), leaving(runnable, { args: [...task('args[1]'), cpu('cpu')] })],
  },
  { name: 'off-cpu', tracepoint: 'sched_switch', args: task('args[2]') },
  { name: 'on-cpu', tracepoint: 'sched_switch', args: [], thread: 'args[2]' },
  { name: 'preempt', tracepoint: leaving(runnable, {}), args: [] },
  { name: 'remain-cpu', tracepoint: 'sched_exit_tp', guard: '!args[0]', args: [] },
  { name: 'sleep', tracepoint: leaving(asleep, {}), args: [] },
  {
    name: 'surrender',
    tracepoint: 'sched_set_need_resched_tp',
    guard: 'args[1] != cpu',
    args: task('args[0]'),
  },
  { name: 'tick', tracepoint: TICKS, args: task('curthread') },
  { name: 'wakeup', tracepoint: 'sched_waking', args: task('args[0]') },
];

const NO_COUNTERPART = 'Linux has no user-level scheduling control';

export const schedTable: ProbeTable = {
  name: 'sched',
  attributes: { provider: EVOLVING, module: PRIVATE, function: PRIVATE, name: EVOLVING, args: EVOLVING },
  weight: 110,
  probes: PROBES,
  absent: {
    'schedctl-nopreempt': NO_COUNTERPART,
    'schedctl-preempt': NO_COUNTERPART,
    'schedctl-yield': NO_COUNTERPART,
  },
};
