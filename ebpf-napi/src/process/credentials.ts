/** Who is at the other end of a socket, and what a child of this process may do. */
import { constants } from 'node:os';
import { check } from '../errors.js';
import { invoke } from '../syscall.js';

export interface PeerCredentials {
  /** As this process's pid namespace numbers it; 0: it is in none that can be seen from here. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SO_PEERGROUPS = 59;
const ERANGE = 34;

/** What the kernel noted of the process that connected, when it did. Unix sockets; Linux 4.13. */
export function peerCredentials(fd: number): PeerCredentials {
  const values = new Int32Array(3);
  const length = new Uint32Array([values.byteLength]);
  const asked = 'see who is connected';
  check(
    invoke({ name: 'getsockopt', args: [fd, SOL_SOCKET, SO_PEERCRED, values, length] }),
    'getsockopt',
    asked,
  );
  const [pid = 0, uid = 0, gid = 0] = values;
  return { pid, uid: uid >>> 0, gid: gid >>> 0, groups: peerGroups(fd) };
}

function peerGroups(fd: number): readonly number[] {
  for (let room = 64; ; room *= 4) {
    const groups = new Uint32Array(room);
    const length = new Uint32Array([groups.byteLength]);
    const result = invoke({ name: 'getsockopt', args: [fd, SOL_SOCKET, SO_PEERGROUPS, groups, length] });
    if (result === -ERANGE) continue;
    check(result, 'getsockopt', 'see the groups of who is connected');
    return [...groups.subarray(0, length[0]! / groups.BYTES_PER_ELEMENT)];
  }
}

/** Numbers of capabilities(7). */
export const CAPABILITY = { SYSLOG: 34, PERFMON: 38, BPF: 39 } as const;

const HEADER_VERSION = 0x20080522;
const PR_SET_SECUREBITS = 28;
const PR_GET_SECUREBITS = 27;
const PR_CAP_AMBIENT = 47;
const AMBIENT = { raise: 2, clearAll: 4 } as const;
/** A child that becomes another user keeps its capabilities until it executes its program. */
const NO_SETUID_FIXUP = 1 << 2;

/**
 * Children that this thread starts from now on have these capabilities, whoever they run as, and no others unless they
 * run as root. Needs the capabilities, and CAP_SETPCAP.
 */
export function handDown(capabilities: readonly number[]): void {
  const asked = 'hand capabilities down to children';
  const header = new Uint32Array([HEADER_VERSION, 0]);
  const sets = new Uint32Array(6);
  check(invoke({ name: 'capget', args: [header, sets] }), 'capget', asked);
  // Effective, permitted, inheritable of capabilities 0 to 31; then of the rest.
  sets[2] = 0;
  sets[5] = 0;
  for (const capability of capabilities) {
    const at = capability < 32 ? 2 : 5;
    sets[at] = (sets[at]! | (1 << (capability % 32))) >>> 0;
  }
  check(invoke({ name: 'capset', args: [header, sets] }), 'capset', asked);
  const prctl = (...args: number[]) => check(invoke({ name: 'prctl', args }), 'prctl', asked);
  const bits = prctl(PR_GET_SECUREBITS, 0, 0, 0, 0);
  prctl(PR_SET_SECUREBITS, bits | NO_SETUID_FIXUP, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, AMBIENT.clearAll, 0, 0, 0);
  for (const capability of capabilities) prctl(PR_CAP_AMBIENT, AMBIENT.raise, capability, 0, 0);
}

const PR_SET_DUMPABLE = 4;

/** No other process of this user may look into this one, nor will there be a core file. */
export function hideFromOthers(): void {
  check(invoke({ name: 'prctl', args: [PR_SET_DUMPABLE, 0, 0, 0, 0] }), 'prctl', 'hide this process');
}

const PR_SET_PDEATHSIG = 1;

/** The kernel kills this process when the one that started it ends, whatever this one is doing then. */
export function endWithParent(): void {
  const args = [PR_SET_PDEATHSIG, constants.signals.SIGKILL, 0, 0, 0];
  check(invoke({ name: 'prctl', args }), 'prctl', 'end with the parent');
}
