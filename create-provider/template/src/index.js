// The provider is a table: what probes there are, which kernel tracepoint each stands on, when it fires (guard) and what
// it carries, in D over the tracepoint's own args[]. `dtrace -lv -n 'sdt:::process-fork'` shows those of a tracepoint.
import { attributes, defineProvider, tableProvider } from '@dtrace/core/provider';

const UNSTABLE = attributes('Unstable', 'Unstable', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const table = {
  name: '__NAME__',
  attributes: { provider: UNSTABLE, module: PRIVATE, function: PRIVATE, name: UNSTABLE, args: UNSTABLE },
  probes: [
    {
      name: 'fork',
      help: 'A process was made.\nargs[0]: its parent; args[1]: the new process.',
      tracepoint: 'sched_process_fork',
      guard: 'args[1]->pid == args[1]->tgid',
      args: [
        { type: 'struct task_struct *', value: 'args[0]' },
        { type: 'struct task_struct *', value: 'args[1]' },
      ],
      raw: ['args[0]->pid', 'args[1]->pid'],
    },
  ],
};

export default defineProvider({ name: '__NAME__', create: (host) => tableProvider(table, host) });
