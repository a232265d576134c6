/** Predefined variables: how each is fetched, as a table. */
import { Fault } from '../language/faults.js';
import { asRecord, findMember } from '../language/types/queries.js';
import type { Code } from './code.js';
import type { Scalar } from './expression.js';
import { imm, type V } from './ir/ir.js';
import { readStack, walks } from './stacks.js';
import { MAP, STATE } from './unit.js';
import { walkUserStack } from './unwind/unwind.js';

const WORD_BITS = imm(32);

const pair = (code: Code, high: V, low: V): V => code.b.alu('or', code.b.alu('lsh', high, WORD_BITS), low);

/** What is so of the running thread, or of the one that the probe says it is about. */
function ofThread(code: Code, key: string, running: () => V, given: (task: V) => V): V {
  if (!code.mapping.hasThread) return code.once(key, running);
  return code.once(`given ${key}`, () => given(currentTask(code)));
}

/**
 * Process and thread that run, as the tracer's pid namespace numbers them; 0 for those of other namespaces, which have no
 * number there.
 */
function runningIds(code: Code): V {
  const { b } = code;
  const { pidNamespace } = code.unit.input;
  if (pidNamespace === undefined) return b.helper('bpf_get_current_pid_tgid');
  const ids = b.buffer(8);
  b.store(8, ids, 0, imm(0));
  b.helper('bpf_get_ns_current_pid_tgid', imm(pidNamespace.device), imm(pidNamespace.inode), ids, imm(8));
  const value = b.load(8, ids, 0);
  b.releaseBuffer(ids);
  return value;
}

export function pidTgid(code: Code): V {
  return ofThread(
    code,
    'pid_tgid',
    () => runningIds(code),
    (task) => pair(code, taskField(code, 'tgid', 4, task), taskField(code, 'pid', 4, task)),
  );
}

/** The process that runs, whatever thread the probe is about. */
export function runningTgid(code: Code): V {
  const ids = code.once('pid_tgid', () => runningIds(code));
  return code.b.alu('rsh', ids, WORD_BITS);
}

function uidGid(code: Code): V {
  const running = () => code.b.helper('bpf_get_current_uid_gid');
  return ofThread(code, 'uid_gid', running, (task) => {
    const credentials = taskField(code, 'cred', 8, task);
    const id = (member: string) =>
      code.readMemory(code.b.alu('add', credentials, imm(kernelOffset(code, 'cred', member) ?? 0)), 4, false);
    return pair(code, id('gid.val'), id('uid.val'));
  });
}

/** The current task as a pointer the verifier knows, or (old kernels) as a plain address. */
export function currentTask(code: Code): V {
  return code.mapping.thread(code) ?? runningTask(code);
}

/** As `currentTask`, whatever thread the probe is about. */
export function runningTask(code: Code): V {
  const helper = code.has('get_current_task_btf') ? 'bpf_get_current_task_btf' : 'bpf_get_current_task';
  return code.once('task', () => code.b.helper(helper));
}

export function now(code: Code): V {
  return code.once('timestamp', () => code.b.helper('bpf_ktime_get_ns'));
}

export function cpu(code: Code): V {
  return code.cpu();
}

/** Tells threads apart: the thread's id, or on the idle threads (all 0) the CPU. */
export function threadKey(code: Code): V {
  return code.once('thread-key', () => {
    const { b } = code;
    // Threads that have no number in the tracer's namespace are threads all the same.
    const machine = code.unit.input.pidNamespace !== undefined && !code.mapping.hasThread;
    const ids = machine ? b.helper('bpf_get_current_pid_tgid') : pidTgid(code);
    const key = b.alu('and', ids, imm(0xffffffffn));
    const end = b.newLabel('thread');
    const result = b.move(key);
    b.branch('!=', result, imm(0), end);
    code.region(() => b.assign(result, b.alu('or', cpu(code), imm(1n << 32n))));
    b.label(end);
    return result;
  });
}

/** Byte offset of a member of a kernel structure on this kernel. */
export function kernelOffset(code: Code, record: string, path: string): number | undefined {
  const type = code.unit.input.types.findRecord('struct', record);
  let struct = type && asRecord(type);
  let bits = 0;
  for (const name of path.split('.')) {
    const member = struct && findMember(struct, name);
    if (!member) return undefined;
    bits += member.bitOffset;
    struct = asRecord(member.type);
  }
  return bits / 8;
}

function taskField(code: Code, path: string, width: 4 | 8, from: V = currentTask(code)): V {
  return kernelField(code, 'task_struct', path, width, from);
}

/** A member of a kernel structure that the kernel vouches for, or what is so many bytes into it. */
export function kernelField(code: Code, record: string, path: string, width: 4 | 8, from: V, within = 0): V {
  const member = kernelOffset(code, record, path);
  if (member === undefined) return code.b.constant(0);
  const offset = member + within;
  return code.has('get_current_task_btf')
    ? code.b.load(width, from, offset)
    : code.readMemory(code.b.address(from, offset), width, false);
}

/**
 * CPU time of the thread: what it has been charged and what it ran since. The scheduler stamps in its own clock;
 * the session measures how far that is from ours.
 */
function virtualTime(code: Code): V {
  const { b } = code;
  code.unit.clocks.add('scheduler');
  const charged = taskField(code, 'se.sum_exec_runtime', 8);
  const stamped = taskField(code, 'se.exec_start', 8);
  const offset = b.load(8, b.move({ map: MAP.state, value: STATE.schedulerOffset }), 0);
  const since = b.alu('sub', b.alu('add', now(code), offset), stamped);
  const result = b.move(charged);
  const end = b.newLabel('charged');
  b.branch('s<=', since, imm(0), end);
  b.update('add', result, since);
  b.label(end);
  return result;
}

const DEEPEST = 127;

/** Frames of the stack, counted by writing it to scratch space. */
function depth(code: Code, side: 'kernel' | 'user'): V {
  const { maxframes = DEEPEST } = code.unit.options;
  const most = Math.max(1, Math.min(DEEPEST, maxframes));
  return code.temporaries(() => {
    if (side === 'user' && walks(code)) return walkUserStack(code, most).count;
    const space = code.space(most * 8);
    const bytes = readStack(code, space.at, most * 8, side);
    space.release();
    return code.b.alu('rsh', bytes, imm(3));
  });
}

/** The return address one frame up, or 0. */
function callerOf(code: Code, side: 'kernel' | 'user'): V {
  const { b } = code;
  if (side === 'user' && walks(code)) {
    return code.temporaries(() => b.load(8, walkUserStack(code, 2).at, 8));
  }
  const buffer = b.buffer(16);
  code.zero(buffer, 0, 16);
  readStack(code, buffer, 16, side);
  const address = b.load(8, buffer, 8);
  b.releaseBuffer(buffer);
  return address;
}

type Fetch = (code: Code) => Scalar;

const FETCH: Readonly<Record<string, Fetch>> = {
  pid: (code) => code.b.alu('rsh', pidTgid(code), imm(32)),
  tid: (code) => code.b.alu('and', pidTgid(code), imm(0xffffffffn)),
  uid: (code) => code.b.alu('and', uidGid(code), imm(0xffffffffn)),
  gid: (code) => code.b.alu('rsh', uidGid(code), imm(32)),
  ppid: (code) => code.once('ppid', () => taskField(code, 'tgid', 4, taskField(code, 'real_parent', 8))),
  cpu,
  timestamp: now,
  vtimestamp: virtualTime,
  walltimestamp: (code) => {
    code.unit.clocks.add('wall');
    const offset = code.b.load(8, code.b.move({ map: MAP.state, value: STATE.wallOffset }), 0);
    // Unlike timestamp it goes on within a clause.
    return code.b.alu('add', code.b.helper('bpf_ktime_get_ns'), offset);
  },
  curthread: currentTask,
  id: (code) => code.probeId,
  epid: (code) => imm(code.clause?.epid ?? 0),
  ipl: () => imm(0),
  errno: () => imm(0),
  caller: (code) => code.once('caller', () => callerOf(code, 'kernel')),
  ucaller: (code) => code.once('ucaller', () => callerOf(code, 'user')),
  stackdepth: (code) => depth(code, 'kernel'),
  ustackdepth: (code) => depth(code, 'user'),
};

export const builtinNames: readonly string[] = Object.keys(FETCH);

export function builtinScalar(code: Code, name: string): Scalar {
  const given = code.mapping.builtin(code, name);
  if (given !== undefined) return given;
  const fetch = FETCH[name];
  if (!fetch) {
    code.fault(Fault.illegalOperation, imm(0));
    return imm(0);
  }
  return fetch(code);
}
