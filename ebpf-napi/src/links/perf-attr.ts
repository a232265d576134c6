import { readFileSync } from 'node:fs';
import { Attr } from '../bpf.js';
import { MissingFeatureError } from '../errors.js';
import type { SystemCall } from '../syscall.js';

export const PERF_FLAG_FD_CLOEXEC = 8;
export const PerfIoctl = { ENABLE: 0x2400, DISABLE: 0x2401, RESET: 0x2403, SET_BPF: 0x40042408 } as const;
/** Offsets in `struct perf_event_attr`. */
export const PerfField = {
  type: 0,
  size: 4,
  config: 8,
  sampling: 16,
  sampleType: 24,
  readFormat: 32,
  flags: 40,
  bpType: 52,
  config1: 56,
  config2: 64,
} as const;
export const PerfFlag = {
  disabled: 1n,
  inherit: 1n << 1n,
  pinned: 1n << 2n,
  excludeUser: 1n << 4n,
  excludeKernel: 1n << 5n,
  freq: 1n << 10n,
  inheritThread: 1n << 35n,
};
export const PRECISE_SHIFT = 15n;
const ATTR_SIZE = 112;

export function perfAttr(type: number, config: number | bigint): Attr {
  return new Attr(ATTR_SIZE)
    .u32(PerfField.type, type)
    .u32(PerfField.size, ATTR_SIZE)
    .u64(PerfField.config, config);
}

export function perfOpenCall(attr: Attr, pid: number, cpu: number): SystemCall {
  return {
    name: 'perf_event_open',
    args: [attr.bytes, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC],
    pointers: attr.pointers,
  };
}

const DEVICES = '/sys/bus/event_source/devices';

/** Number of a dynamic event source, such as `uprobe`. */
export function perfSourceType(name: string): number | undefined {
  try {
    return Number(readFileSync(`${DEVICES}/${name}/type`, 'utf8'));
  } catch {
    return undefined;
  }
}

export function requirePerfSource(name: 'kprobe' | 'uprobe'): number {
  const type = perfSourceType(name);
  if (type === undefined) throw new MissingFeatureError(name, '4.17', `no ${name} event source`);
  return type;
}
