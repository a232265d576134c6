// Containers come and go as control groups. One table: probe, tracepoint, guard and arguments in D.
import { attributes, defineProvider, tableProvider } from '@dtrace/core/provider';

const UNSTABLE = attributes('Unstable', 'Unstable', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

/** How the paths of their control groups tell containers. */
const RUNTIMES = ['docker', 'libpod', 'containerd', 'crio', 'lxc', 'kubepods'];

const args = [
  { type: 'const char *', value: 'args[1]' },
  { type: 'struct cgroup *', value: 'args[0]' },
];

const probes = [
  ['create', 'cgroup_mkdir', 'A container’s control group was made.'],
  ['destroy', 'cgroup_rmdir', 'A container’s control group was removed: nothing of it runs any more.'],
  ['freeze', 'cgroup_freeze', 'A container was paused.'],
  ['thaw', 'cgroup_unfreeze', 'A container goes on after a pause.'],
];

/** `paths`: further words that tell a container’s control group. */
const table = (paths) => ({
  name: 'container',
  attributes: { provider: UNSTABLE, module: PRIVATE, function: PRIVATE, name: UNSTABLE, args: UNSTABLE },
  probes: probes.map(([name, tracepoint, help]) => ({
    name,
    tracepoint,
    help: `${help}\nargs[0]: path of the control group; args[1]: the group itself.`,
    guard: [...RUNTIMES, ...paths].map((word) => `strstr(stringof(args[1]), "${word}") != NULL`).join(' || '),
    args,
    raw: ['(uint64_t)args[1]', '(uint64_t)args[0]'],
  })),
});

export default defineProvider({
  name: 'container',
  options: { paths: { type: 'strings', help: 'further words in paths of control groups', default: [] } },
  create: (host, { paths }) => tableProvider(table(paths), host),
});
