/**
 * The start of every program of a session that sees one user's processes only: it leaves unless the running task is all
 * that user's. The same is asked as for ptrace(2): every identity is the user's, in the same user namespace, with no
 * capability, and the process has not been made undumpable, as one is that executed a set-user-ID file. There is no
 * event then, as on Solaris, and no error.
 */
import type { ProbeSite } from '../probes/site.js';
import { kernelField, kernelOffset, runningTask } from './builtins.js';
import type { Code } from './code.js';
import { imm, type V } from './ir/ir.js';
import type { Owner } from './privileges.js';

const IDENTITIES = ['uid', 'euid', 'suid', 'fsuid'] as const;
const GROUPS = ['gid', 'egid', 'sgid', 'fsgid'] as const;
const MEMBERS: readonly (readonly [record: string, path: string])[] = [
  ['task_struct', 'real_cred'],
  ['task_struct', 'mm'],
  ['mm_struct', 'flags'],
  ['cred', 'user_ns'],
  ['cred', 'cap_permitted'],
  ['user_namespace', 'ns.inum'],
  ...[...IDENTITIES, ...GROUPS].map((name) => ['cred', `${name}.val`] as const),
];

/** A clock that fires once for the machine, in whatever process is there: scripts end themselves by it. */
export const isTick = (site: ProbeSite): boolean =>
  site.kind === 'timer' && 'cpus' in site && site.cpus === 'one';

/** Sites whose programs run for every session; what they may look at is the checks' business (`privileges.ts`). */
export const runsForAll = (site: ProbeSite): boolean => site.kind === 'self' || isTick(site);

/** SUID_DUMP_USER, in the two lowest bits of an address space's flags. */
const DUMPABLE = 1;
const DUMPABLE_MASK = 3;

export function leaveUnlessOwned(code: Code, owner: Owner): void {
  // A member that is nowhere would be read as 0, and 0 is somebody.
  for (const [record, path] of MEMBERS) {
    if (kernelOffset(code, record, path) === undefined)
      throw new Error(
        `this kernel does not tell where ${record} has ${path}: whose a process is cannot be known`,
      );
  }
  const { b } = code;
  const unless = (value: V, wanted: number) => b.branch('!=', value, imm(wanted >>> 0), code.done);
  const task = runningTask(code);
  const cred = kernelField(code, 'task_struct', 'real_cred', 8, task);
  const id = (name: string) => kernelField(code, 'cred', `${name}.val`, 4, cred);
  for (const name of IDENTITIES) unless(id(name), owner.uid);
  for (const name of GROUPS) unless(id(name), owner.gid);
  // Kernels before 6.3 have two words, and let no load go over both.
  for (const half of [0, 4]) unless(kernelField(code, 'cred', 'cap_permitted', 4, cred, half), 0);
  const namespace = kernelField(code, 'cred', 'user_ns', 8, cred);
  unless(kernelField(code, 'user_namespace', 'ns.inum', 4, namespace), owner.userNamespace);
  const space = kernelField(code, 'task_struct', 'mm', 8, task);
  b.branch('==', space, imm(0), code.done);
  const flags = kernelField(code, 'mm_struct', 'flags', 8, space);
  unless(b.alu('and', flags, imm(DUMPABLE_MASK)), DUMPABLE);
}
