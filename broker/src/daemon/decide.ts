/** From a client to what it may do. */
import { statSync } from 'node:fs';
import type { Privileges } from '@dtrace/core';
import type { PeerCredentials } from 'ebpf-napi';
import type { Grant } from '../grant.js';
import { gidOf, uidOf } from './accounts.js';
import type { Privilege, Rule, Subject } from './policy.js';

/** Why a client gets nothing, in one line. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

function isAbout({ kind, name }: Subject, client: PeerCredentials): boolean {
  switch (kind) {
    case 'everyone':
      return true;
    case 'user':
      return uidOf(name) === client.uid;
    case 'group': {
      const gid = gidOf(name);
      return gid !== undefined && (gid === client.gid || client.groups.includes(gid));
    }
  }
}

/** Providers whose values are those of processes, by the privilege that gives them. */
const PROVIDERS: Readonly<Partial<Record<Privilege, readonly string[]>>> = {
  dtrace_user: ['dtrace', 'profile', 'syscall'],
  dtrace_proc: ['dtrace', 'pid', 'usdt'],
};

const namespaceOf = (pid: number | 'self', kind: 'user' | 'pid'): number | undefined =>
  statSync(`/proc/${pid}/ns/${kind}`, { throwIfNoEntry: false })?.ino;

/** A client elsewhere may be somebody else here, whatever its number. */
function sharedNamespace({ pid }: PeerCredentials): number {
  const own = namespaceOf('self', 'user');
  if (own === undefined || namespaceOf(pid, 'user') !== own)
    throw new Refusal('only processes of the user namespace that dtraced runs in are served');
  return own;
}

function privilegesOf(rule: Rule, client: PeerCredentials, userNamespace: number): Privileges {
  const has = (privilege: Privilege) => rule.privileges.has(privilege);
  const processProviders = has('dtrace_proc') ? [] : ['pid', 'usdt', 'instr'];
  const kernel = has('dtrace_kernel');
  return {
    destructive: has('destructive'),
    turns: rule.limits.turns,
    ...(rule.probes && { probes: rule.probes }),
    ...(kernel
      ? { withoutProviders: processProviders }
      : {
          providers: Object.entries(PROVIDERS).flatMap(([privilege, names]) =>
            has(privilege as Privilege) ? names : [],
          ),
          owner: { uid: client.uid, gid: client.gid, userNamespace },
        }),
  };
}

/** Throws a `Refusal`. */
export function decide(client: PeerCredentials, rules: readonly Rule[]): Grant {
  const rule = rules.find(({ subject }) => isAbout(subject, client));
  if (rule === undefined || rule.privileges.size === 0)
    throw new Refusal(`user ${client.uid} may not trace: no line of /etc/dtrace.conf lets them`);
  const userNamespace = sharedNamespace(client);
  const { pid } = client;
  const sharesNumbers = namespaceOf(pid, 'pid') === namespaceOf('self', 'pid');
  return { privileges: privilegesOf(rule, client, userNamespace), limits: rule.limits, pid, sharesNumbers };
}
