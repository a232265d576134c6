import type { Host, ProbeArgument, ProbeTable, TableProbe } from '@dtrace/core/provider';
import { EVOLVING, systemCalls } from '@dtrace/core/provider';

const task = (value: string, translated: string): ProbeArgument => ({
  type: 'struct task_struct *',
  value,
  translated,
});
const process = (value: string) => task(value, 'psinfo_t *');
const thread = (value: string) => task(value, 'lwpsinfo_t *');
const integer = (value: string): ProbeArgument => ({ type: 'int', value });
const signalInfo = (value: string): ProbeArgument => ({ type: 'struct kernel_siginfo *', value });

/** D: whether a value is one of these. */
const oneOf = (value: string, numbers: readonly number[]): string =>
  `(${numbers.map((number) => `${value} == ${number}`).join(' || ')})`;

const EXEC = ['execve', 'execveat'];
/** Calls that a new thread comes out of as well. */
const CREATE = ['clone', 'fork', 'vfork', 'clone3'];

/** args[] of signal_generate: signal, information, task, whether for the group, what became of it. */
const SIGNALLED = [thread('args[2]'), process('args[2]'), integer('args[0]')];
const IGNORED = 1;

/** CLD_EXITED, CLD_KILLED, CLD_DUMPED */
const HOW = '(args[0]->exit_code & 0x7f) == 0 ? 1 : (args[0]->exit_code & 0x80) == 0 ? 2 : 3';

/**
 * Faults are the signals the kernel itself sends for what the thread did: SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV. The
 * information is a small number instead of a pointer where there is none.
 */
const FAULT = `${oneOf('args[0]', [4, 5, 7, 8, 11])} && (uint64_t)args[1] > 1 && args[1]->si_code > 0`;
/** FLTILL, FLTBPT, FLTACCESS, FLTIZDIV, FLTIOVF, FLTFPE, FLTBOUNDS */
const FAULT_CODE = `args[0] == 4 ? 1 : args[0] == 5 ? 3 : args[0] == 7 ? 5
  : args[0] == 11 ? (args[1]->si_code == 1 ? 6 : 5)
  : args[1]->si_code == 1 ? 8 : args[1]->si_code == 2 ? 7 : 9`;

function probes(arch: Host['arch']): readonly TableProbe[] {
  const calls = systemCalls(arch);
  const path = `${calls.enters('execve')} ? ${calls.argument(0)} : ${calls.argument(1)}`;
  return [
    {
      name: 'create',
      tracepoint: 'sched_process_fork',
      guard: 'args[1]->pid == args[1]->tgid',
      args: [process('args[1]')],
    },
    {
      name: 'exec',
      tracepoint: 'sys_enter',
      guard: calls.enters(...EXEC),
      args: [{ type: 'string', value: `copyinstr((uintptr_t)(${path}))` }],
    },
    {
      name: 'exec-failure',
      tracepoint: 'sys_exit',
      guard: `args[1] < 0 && ${calls.leaves(...EXEC)}`,
      args: [integer('-args[1]')],
    },
    { name: 'exec-success', tracepoint: 'sched_process_exec', args: [] },
    {
      name: 'exit',
      tracepoint: 'sched_process_exit',
      guard: 'args[0]->signal->live.counter == 0',
      args: [integer(HOW)],
    },
    {
      name: 'fault',
      tracepoint: 'signal_generate',
      guard: FAULT,
      args: [integer(FAULT_CODE), signalInfo('args[1]')],
    },
    {
      name: 'lwp-create',
      tracepoint: 'sched_process_fork',
      args: [thread('args[1]'), process('args[1]')],
    },
    { name: 'lwp-exit', tracepoint: 'sched_process_exit', args: [] },
    // A new thread's first way out of the kernel is that of the call that made it, with another result.
    {
      name: 'lwp-start',
      tracepoint: 'sys_exit',
      guard: `args[1] == 0 && ${calls.leaves(...CREATE)}`,
      args: [],
    },
    {
      name: 'signal-clear',
      tracepoint: 'sys_exit',
      guard: `args[1] > 0 && ${calls.leaves('rt_sigtimedwait')}`,
      args: [integer('args[1]')],
    },
    {
      name: 'signal-discard',
      tracepoint: 'signal_generate',
      guard: `args[4] == ${IGNORED}`,
      args: SIGNALLED,
    },
    {
      name: 'signal-handle',
      tracepoint: 'signal_deliver',
      // Neither the default action nor none.
      guard: '(uint64_t)args[2]->sa.sa_handler > 1',
      args: [
        integer('args[0]'),
        signalInfo('args[1]'),
        { type: 'void *', value: '(void *)args[2]->sa.sa_handler' },
      ],
    },
    { name: 'signal-send', tracepoint: 'signal_generate', args: SIGNALLED },
    {
      name: 'start',
      tracepoint: 'sys_exit',
      guard: `args[1] == 0 && pid == tid && ${calls.leaves(...CREATE)}`,
      args: [],
    },
  ];
}

export const procTable = (arch: Host['arch']): ProbeTable => ({
  name: 'proc',
  attributes: EVOLVING,
  weight: 100,
  probes: probes(arch),
});
