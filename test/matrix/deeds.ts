/** For every probe of every provider that is a table: what makes it fire, or why nothing here does. */
import type { Deed } from '../workloads/index.js';

/** The place of a file on a disk, and of a folder, among a deed's arguments. */
export const FILE = '{file}';
export const FOLDER = '{folder}';

export type Making = readonly Deed[] | string;

/** The same for several: their names with blanks between. */
const all = (making: Making, names: string): Record<string, Making> =>
  Object.fromEntries(names.split(' ').map((name) => [name, making]));

/** A kernel that finds itself on a hypervisor which does not help with locks takes spin locks in the simplest way. */
const BARE_SPINNING = 'kernels in emulated machines spin without telling';
const PRESSURE = 'it takes a machine that runs out of memory';
const modprobe = (...args: readonly string[]): Deed => ['/bin/busybox', 'modprobe', ...args];
const MODULE: readonly Deed[] = [modprobe('dummy'), modprobe('-r', 'dummy')];
/** Probes that fire only while some processor has nothing to do, which no work can bring about on a busy machine. */
export const AT_REST: ReadonlySet<string> = new Set(['idlethread']);

const TALK: readonly Deed[] = [['tcp'], ['udp']];

export const MAKING: Readonly<Record<string, Readonly<Record<string, Making>>>> = {
  cpc: {
    ...all([['spin']], 'cpu_clock-all-1000000 task_clock-all-1000000'),
    ...all([['memory']], 'page_faults-all-100 minor_faults-all-100'),
    'major_faults-all-1': [
      ['write-cached', FILE],
      ['major-fault', FILE],
    ],
    'context_switches-all-100': [['sleep']],
    'cpu_migrations-all-1': [['migrate']],
    ...all('processors of this kind handle it themselves', 'alignment_faults-all-1 emulation_faults-all-1'),
  },
  fsinfo: all(
    [['files', FOLDER]],
    'close create frlock fsync getattr ioctl link map mkdir open read readdir readlink remove rename rmdir seek setattr setfl space symlink write',
  ),
  io: {
    ...all([['write-direct', FILE]], 'start done'),
    ...all([['write-cached', FILE]], 'wait-start wait-done'),
  },
  ip: all(TALK, 'send receive'),
  lockstat: {
    'adaptive-acquire-error': 'it takes a thread that is killed just while it waits for a lock',
    ...all([['file-lock'], ['pipe-lock']], 'adaptive-block adaptive-spin'),
    ...all([['file-lock']], 'adaptive-acquire adaptive-release'),
    ...all([['memory']], 'rw-acquire rw-release rw-downgrade'),
    'rw-block': [['memory-lock'], ['rename-lock']],
    'rw-spin': [['process-lock']],
    'spin-spin': process.env.DTRACE_TEST_GUEST ? BARE_SPINNING : [['spin-lock']],
  },
  mib: {
    ...all([['udp', '9']], 'icmpInMsgs icmpOutMsgs udpHCInDatagrams udpHCOutDatagrams'),
    ...all(TALK, 'ipIfStatsHCInReceives ipIfStatsHCOutTransmits tcpHCInSegs tcpHCOutSegs'),
    ...all([['tcp']], 'tcpActiveOpens tcpPassiveOpens'),
    ...all([['refused']], 'tcpAttemptFails tcpOutRsts'),
    tcpEstabResets: [['reset']],
    tcpInErrs: [['bad-segment']],
    tcpRetransSegs: [['crowded']],
    udpInOverflows: [['udp-overflow']],
  },
  proc: {
    ...all([['fork']], 'create start lwp-start'),
    'lwp-create': [['thread']],
    ...all([['exec']], 'exec exec-success'),
    'exec-failure': [['exec-failure']],
    ...all([['exit']], 'exit lwp-exit'),
    fault: [['fault']],
    ...all([['signal']], 'signal-send signal-handle'),
    'signal-clear': [['sigwait']],
    'signal-discard': [['ignored']],
  },
  profile: all(
    [['spin']],
    'profile-97 profile-199 profile-499 profile-997 profile-1999 profile-4001 profile-4999 tick-1 tick-10 tick-100 tick-500 tick-1000 tick-5000',
  ),
  sched: {
    'change-pri': [['inherit']],
    ...all([['sleep']], 'dequeue enqueue off-cpu on-cpu sleep wakeup'),
    preempt: [['compete']],
    'remain-cpu': [['yield']],
    surrender: [['push']],
    tick: [['spin']],
  },
  sysinfo: {
    bawrite: [['write-async', FILE]],
    bread: [
      ['write-direct', FILE],
      ['read-direct', FILE],
    ],
    bwrite: [['write-direct', FILE]],
    ...all([['sleep']], 'idlethread pswitch'),
    inv_swtch: [['compete']],
    ...all([['files', FOLDER]], 'lread lwrite readch sysread syswrite writech'),
    ...all(MODULE, 'modload modunload'),
    ...all([['messages']], 'msg sema'),
    mutex_adenters: [['file-lock']],
    nthreads: [['thread']],
    procovf: [['too-many']],
    ...all([['rename-lock'], ['memory-lock']], 'rw_rdfails rw_wrfails'),
    sysexec: [['exec']],
    sysfork: [['fork']],
    sysvfork: [['vfork']],
    trap: [['memory']],
    xcalls: [['memory-lock']],
  },
  tcp: {
    ...all([['tcp']], 'accept-established connect-established connect-request send receive state-change'),
    ...all([['refused']], 'accept-refused connect-refused'),
  },
  udp: all([['udp']], 'send receive'),
  vminfo: {
    anonpgout: PRESSURE,
    ...all([['memory']], 'as_fault kernel_asflt prot_fault'),
    ...all(
      [
        ['write-direct', FILE],
        ['read-direct', FILE],
      ],
      'pgin pgpgin',
    ),
    ...all([['write-direct', FILE]], 'pgout pgpgout'),
    pgrrun: PRESSURE,
  },
};

/** Of providers with more probes than a table has room for: some, by function and name where the name is not enough. */
export const SAMPLES: Readonly<Record<string, Readonly<Record<string, Making>>>> = {
  fbt: all([['files', FOLDER]], 'vfs_read:entry vfs_read:return vfs_write:entry vfs_write:return'),
  rawtp: {
    ...all([['sleep']], 'sched_switch sched_wakeup'),
    ...all([['exec']], 'sched_process_exec sched_process_exit'),
    ...all([['files', FOLDER]], 'sys_enter sys_exit'),
  },
  sdt: {
    block_rq_issue: [['write-direct', FILE]],
    ...all([['memory-lock']], 'contention_begin contention_end'),
    ...all([['tcp']], 'inet_sock_set_state net_dev_xmit netif_receive_skb'),
    ...all([['memory']], 'kmem_cache_alloc mm_page_alloc'),
    ...all([['exec']], 'sched_process_exec sched_process_exit sched_process_fork'),
    ...all([['sleep']], 'hrtimer_start sched_switch sched_wakeup'),
    signal_deliver: [['signal']],
  },
  syscall: all(
    [['files', FOLDER]],
    'openat:entry openat:return read:entry read:return write:entry write:return close:entry close:return',
  ),
};
