import { BpfError } from '../errors.js';
import { perfSourceType } from '../links/perf-attr.js';
import { openPerfEvent, type PerfEventSpec } from '../links/perf-event.js';
import { tracepointId } from '../links/trace-events.js';
import { MapFlags } from '../maps/types.js';
import { kernelBtf } from '../programs/load.js';
import { openModuleBtf } from '../programs/module-btf.js';
import type { ProbeProgram } from './probe.js';
import {
  batches,
  createsMap,
  helper,
  kfunc,
  kprobeTarget,
  linkRefusal,
  loads,
  loopsInCallbacks,
  type Probe,
  raw,
  uprobeTarget,
  usesMap,
} from './probe.js';

export interface Feature {
  readonly name: string;
  /** First mainline kernel that has it. Says nothing of the running one, which is asked. */
  readonly minimumKernel: string;
  readonly probe: Probe;
}

const KPROBE: ProbeProgram = { type: 'kprobe' };
const RAW_TP: ProbeProgram = { type: 'raw_tracepoint' };
const TP_BTF: ProbeProgram = { type: 'tracing', expectedAttach: 'trace_raw_tp', attachTo: 'sys_enter' };
const FENTRY: ProbeProgram = { type: 'tracing', expectedAttach: 'trace_fentry', attachTo: 'vfs_read' };
const FEXIT: ProbeProgram = { ...FENTRY, expectedAttach: 'trace_fexit' };
const ITER: ProbeProgram = { type: 'tracing', expectedAttach: 'trace_iter', attachTo: 'task' };
const SLEEPABLE: ProbeProgram = { type: 'kprobe', sleepable: true };
const KPROBE_MULTI: ProbeProgram = { type: 'kprobe', expectedAttach: 'trace_kprobe_multi' };
const KPROBE_SESSION: ProbeProgram = { type: 'kprobe', expectedAttach: 'trace_kprobe_session' };
const UPROBE_MULTI: ProbeProgram = { type: 'kprobe', expectedAttach: 'trace_uprobe_multi' };
const UPROBE_SESSION: ProbeProgram = { type: 'kprobe', expectedAttach: 'trace_uprobe_session' };

const source =
  (name: string): Probe =>
  () =>
    perfSourceType(name) === undefined ? `no ${name} event source` : undefined;

/** The kernel's own object is listed like those of modules, and is always there. */
const moduleBtf: Probe = () => {
  try {
    openModuleBtf('vmlinux').close();
    return undefined;
  } catch (error) {
    return error instanceof BpfError ? error.code : String(error);
  }
};

const tracefs: Probe = () => {
  try {
    tracepointId('raw_syscalls', 'sys_enter');
    return undefined;
  } catch (error) {
    return error instanceof BpfError ? `${error.code}: ${error.cause_}` : String(error);
  }
};

const opens =
  (spec: PerfEventSpec): Probe =>
  () => {
    try {
      openPerfEvent({ ...spec, pid: 0, disabled: true }).closeSync();
      return undefined;
    } catch (error) {
      return error instanceof BpfError ? `${error.code}: ${error.cause_}` : String(error);
    }
  };
/** Nothing is ever there, and nothing needs to be: it is about the processor's debug registers. */
const NOWHERE = { address: 0x1000n, length: 8, access: 'w' } as const;

const hash = { type: 'hash', keySize: 4, valueSize: 8, maxEntries: 1 } as const;
const STACK_SLOT = -8;

type Row = readonly [name: string, minimumKernel: string, probe: Probe];

const rows: readonly Row[] = [
  ['btf', '4.18', () => void kernelBtf()],

  ['module_btf', '5.11', moduleBtf],

  // Programs and what they attach to.
  ['raw_tp', '4.17', loads(RAW_TP)],
  ['tp_btf', '5.5', loads(TP_BTF)],
  ['fentry', '5.5', loads(FENTRY)],
  ['fexit', '5.5', loads(FEXIT)],
  ['iter', '5.8', loads(ITER)],
  ['syscall_program', '5.14', loads({ type: 'syscall', sleepable: true })],
  ['tracefs', '4.1', tracefs],
  ['kprobe', '4.17', source('kprobe')],
  ['uprobe', '4.17', source('uprobe')],
  ['perf_link', '5.15', linkRefusal({ type: 'perf_event' }, 'perf_event', () => {}, 'EBADF')],
  ['kprobe_multi', '5.18', linkRefusal(KPROBE_MULTI, 'trace_kprobe_multi', kprobeTarget, 'ESRCH')],
  ['kprobe_multi_cookie', '5.18', linkRefusal(KPROBE_MULTI, 'trace_kprobe_multi', kprobeTarget, 'ESRCH')],
  ['kprobe_session', '6.10', linkRefusal(KPROBE_SESSION, 'trace_kprobe_session', kprobeTarget, 'ESRCH')],
  ['uprobe_multi', '6.6', linkRefusal(UPROBE_MULTI, 'trace_uprobe_multi', uprobeTarget, 'EBADF')],
  ['uprobe_session', '6.13', linkRefusal(UPROBE_SESSION, 'trace_uprobe_session', uprobeTarget, 'EBADF')],
  ['sleepable_uprobe', '6.0', loads(SLEEPABLE)],
  ['hardware_counters', '2.6.31', opens({ type: 'hardware', config: 'cpu-cycles', excludeKernel: true })],
  ['breakpoints', '2.6.33', opens({ type: 'breakpoint', breakpoint: NOWHERE })],

  // Cookies.
  ['perf_cookie', '5.15', helper(KPROBE, 174)],
  ['raw_tp_cookie', '6.10', helper(RAW_TP, 174)],
  ['tp_cookie', '6.10', helper(TP_BTF, 174)],
  ['fentry_cookie', '5.19', helper(FENTRY, 174)],

  // Maps.
  ['ringbuf', '5.8', createsMap({ type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 65536 })],
  ['task_storage', '5.11', createsMap({ type: 'task_storage', keySize: 4, valueSize: 8, maxEntries: 0 })],
  [
    'hash_no_prealloc',
    '6.1',
    usesMap('perf_event', {
      type: 'hash',
      keySize: 4,
      valueSize: 8,
      maxEntries: 1,
      flags: MapFlags.NO_PREALLOC,
    }),
  ],
  ['task_storage_kprobe', '5.12', helper(KPROBE, 156)],
  ['task_storage_tracepoint', '5.12', helper({ type: 'tracepoint' }, 156)],
  ['task_storage_perf_event', '5.12', helper({ type: 'perf_event' }, 156)],
  ['task_storage_raw_tracepoint', '5.12', helper(RAW_TP, 156)],
  ['task_storage_tracing', '5.12', helper(TP_BTF, 156)],
  ['batch_ops', '5.6', batches(hash)],
  ['percpu_hash_batch', '5.6', batches({ ...hash, type: 'percpu_hash' })],
  ['percpu_array_batch', '5.13', batches({ ...hash, type: 'percpu_array' })],

  // Instructions.
  [
    'atomics_fetch',
    '5.12',
    loads(
      RAW_TP,
      raw.mov(0, 0),
      [0x7b, 10, 0, STACK_SLOT, 0],
      [0xdb, 10, 0, STACK_SLOT, 0xe1],
      raw.mov(0, 0),
    ),
  ],
  ['cpu_v4', '6.6', loads(RAW_TP, raw.mov(0, 0), [0xbf, 0, 0, 8, 0], [0x06, 0, 0, 0, 0])],
  ['may_goto', '6.9', loads(RAW_TP, raw.mov(0, 0), [0xe5, 0, 0, 1, 0], [0x05, 0, 0, -2, 0])],

  // Helpers.
  ['bpf_loop', '5.17', helper(RAW_TP, 181)],
  ['loops_in_callbacks', '5.17', loopsInCallbacks],
  ['for_each_map_elem', '5.13', helper(RAW_TP, 164)],
  ['get_func_ip', '5.15', helper(KPROBE, 173)],
  ['get_func_arg', '5.17', helper(FENTRY, 183)],
  ['probe_write_user', '4.8', helper(RAW_TP, 36)],
  ['override_return', '4.16', helper(KPROBE, 58)],
  ['strncmp', '5.17', helper(RAW_TP, 182)],
  ['snprintf', '5.13', helper(RAW_TP, 165)],
  ['get_current_task_btf', '5.11', helper(RAW_TP, 158)],
  ['task_pt_regs', '5.15', helper(RAW_TP, 175)],
  ['find_vma', '5.17', helper(RAW_TP, 180)],
  ['send_signal', '5.3', helper(RAW_TP, 109)],
  ['ns_pid_tgid', '5.7', helper(RAW_TP, 120)],
  ['ktime_get_boot_ns', '5.8', helper(RAW_TP, 125)],
  ['get_task_stack', '5.9', helper(RAW_TP, 141)],
  ['copy_from_user', '6.0', helper(SLEEPABLE, 148)],
  ['copy_from_user_task', '5.18', helper(SLEEPABLE, 191)],
  ['dynptr', '5.19', helper(RAW_TP, 202)],
  ['ringbuf_dynptr', '5.19', helper(RAW_TP, 198)],
  ['user_ringbuf', '6.1', helper(RAW_TP, 209)],
  ['d_path', '5.12', helper(ITER, 147)],

  // Kernel functions.
  ['iter_num', '6.4', kfunc(RAW_TP, 'bpf_iter_num_new')],
  ['rdonly_cast', '6.2', kfunc(RAW_TP, 'bpf_rdonly_cast')],
  ['session_cookie', '6.13', kfunc(UPROBE_SESSION, 'bpf_session_cookie')],
  ['copy_from_user_str', '6.12', kfunc(SLEEPABLE, 'bpf_copy_from_user_str')],
];

export const features: readonly Feature[] = rows.map(([name, minimumKernel, probe]) => ({
  name,
  minimumKernel,
  probe,
}));
