// A provider is a table: what probes there are, which kernel tracepoint each stands on, and what it carries, written
// in D over the tracepoint's own args[]. No eBPF, no build step.
import { attributes, defineProvider, tableProvider } from '@dtrace/core/provider';

const UNSTABLE = attributes('Unstable', 'Unstable', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const table = {
  name: 'oom',
  attributes: { provider: UNSTABLE, module: PRIVATE, function: PRIVATE, name: UNSTABLE, args: UNSTABLE },
  probes: [
    {
      // The kernel has chosen a process to kill.
      name: 'kill',
      tracepoint: 'mark_victim',
      args: [
        { type: 'struct task_struct *', value: 'args[0]' },
        { type: 'uid_t', value: 'args[1]' },
      ],
      raw: ['args[0]->pid', 'args[1]'],
    },
    {
      // A process changed how likely it is to be chosen.
      name: 'score-adjust',
      tracepoint: 'oom_score_adj_update',
      args: [
        { type: 'struct task_struct *', value: 'args[0]' },
        { type: 'short', value: 'args[0]->signal->oom_score_adj' },
      ],
      raw: ['args[0]->pid', 'args[0]->signal->oom_score_adj'],
    },
    {
      // The same, when it is to be the first.
      name: 'sacrifice',
      tracepoint: 'oom_score_adj_update',
      guard: 'args[0]->signal->oom_score_adj == 1000',
      args: [{ type: 'struct task_struct *', value: 'args[0]' }],
      raw: ['args[0]->pid'],
    },
  ],
};

export default defineProvider({ name: 'oom', create: (host) => tableProvider(table, host) });
