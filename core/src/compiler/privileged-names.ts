/** The names that a session without the run of the kernel may use, as lists: see `privileges.ts`. */
import { actions } from '../language/actions.js';
import { subroutines } from '../language/subroutines.js';

const names = (text: string): readonly string[] => text.split(' ');

/** Of the process that runs: nothing that a tracer's own program may tell. */
export const PROCESS_BUILTINS: ReadonlySet<string> = new Set(['ucaller', 'ustackdepth', 'uregs']);

/** Who the process that runs is. */
export const IDENTITY_BUILTINS: ReadonlySet<string> = new Set(
  names('pid ppid tid uid gid euid egid execname errno vtimestamp'),
);

export const ALLOWED_BUILTINS: ReadonlySet<string> = new Set([
  ...PROCESS_BUILTINS,
  ...IDENTITY_BUILTINS,
  ...names('timestamp walltimestamp cpu ipl id epid'),
  ...names('probeprov probemod probefunc probename'),
]);

/** Subroutines and actions that look at the process that runs. */
export const PROCESS_CALLS: ReadonlySet<string> = new Set([
  ...names('copyin copyinstr copyinto args_text progenyof'),
  ...names('ustack jstack usym ufunc umod uaddr'),
]);

export const ALLOWED_CALLS: ReadonlySet<string> = new Set([
  ...names('strlen strjoin substr basename lltostr cleanpath dirname index json rindex'),
  ...names('strchr strrchr strstr strtok strtoll tolower toupper charat isnull'),
  ...names('copyin copyinstr copyinto alloca args_text progenyof getmajor getminor'),
  ...names('htonl htonll htons ntohl ntohll ntohs rand speculation commit discard'),
  ...names('ustack jstack usym ufunc umod uaddr'),
]);

export const ALLOWED_ACTIONS: ReadonlySet<string> = new Set([
  ...names('trace tracemem printf printa print ustack jstack usym ufunc umod uaddr'),
  ...names('clear trunc normalize denormalize exit setopt ftruncate'),
  ...names('speculate commit discard system freopen'),
]);

/** What the user of a session does as himself, wherever his output goes. */
const BY_THE_USER: ReadonlySet<string> = new Set(['system', 'freopen']);

/** What changes the processes or the kernel that are traced. */
export const DESTRUCTIVE: ReadonlySet<string> = new Set(
  [...actions.values(), ...subroutines.values()]
    .filter(({ name, destructive }) => destructive && !BY_THE_USER.has(name))
    .map(({ name }) => name),
);
