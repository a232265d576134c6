import {
  Add,
  atomicAdd,
  callHelper,
  exit,
  type Instruction,
  JEq,
  JNe,
  label,
  load,
  loadImm64,
  loadMap,
  loadMapValue,
  Mov,
  Rsh,
  store,
} from '../../src/asm/index.js';
import { BpfMap, hasFeature, type MapSpec } from '../../src/index.js';

/** A test that needs a kernel feature is skipped, by name, where the feature is not there. */
export const needs = (...features: string[]) => {
  const missing = features.filter((name) => !hasFeature(name));
  return { skip: missing.length > 0 };
};

/** Only events of this process: jumps to `label` for any other. Uses r0. */
export const onlyThisProcess = (otherwise: string): Instruction[] => [
  callHelper('bpf_get_current_pid_tgid'),
  Rsh.imm(0, 32),
  JNe.imm(0, process.pid, otherwise),
];

/** Adds `amount` to the u64 at an offset of the first value of array map `map`. */
export const count = (map: string, offset = 0, amount = 1): Instruction[] => [
  loadMapValue(1, map, offset),
  Mov.imm(2, amount),
  atomicAdd(8, 1, 0, 2),
];

export const done = (name = 'done'): Instruction[] => [label(name, Mov.imm(0, 0)), exit()];

/** Stores the attach cookie at an offset of the first value of array map `map`; the context is in r1. */
export const storeCookie = (map: string, offset: number): Instruction[] => [
  callHelper('bpf_get_attach_cookie'),
  loadMapValue(1, map, offset),
  store(8, 1, 0, 0),
];

/** A record {u64 value} by reserve and submit; `flags` as of bpf_ringbuf_submit. Lost if the ring is full. */
export const submit = (ring: string, value: bigint, flags: number, suffix = ''): Instruction[] => [
  loadMap(1, ring),
  Mov.imm(2, 8),
  Mov.imm(3, 0),
  callHelper('bpf_ringbuf_reserve'),
  JEq.imm(0, 0, `full${suffix}`),
  loadImm64(1, value),
  store(8, 0, 0, 1),
  Mov.reg(1, 0),
  Mov.imm(2, flags),
  callHelper('bpf_ringbuf_submit'),
  label(`full${suffix}`, Mov.imm(0, 0)),
];

export const counters = (extra: Partial<MapSpec> = {}): BpfMap =>
  BpfMap.create({ name: 'counters', type: 'array', keySize: 4, valueSize: 64, maxEntries: 1, ...extra });

export const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
export const u64 = (...values: bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(values).buffer);

export const readCounters = (map: BpfMap): BigUint64Array =>
  new BigUint64Array(map.lookup(u32(0))!.slice().buffer);

export { Add, load, Mov };
