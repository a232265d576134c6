/** Map types by name, with the kernel's number. */
export const mapTypes = {
  hash: 1,
  array: 2,
  prog_array: 3,
  perf_event_array: 4,
  percpu_hash: 5,
  percpu_array: 6,
  stack_trace: 7,
  cgroup_array: 8,
  lru_hash: 9,
  lru_percpu_hash: 10,
  lpm_trie: 11,
  array_of_maps: 12,
  hash_of_maps: 13,
  cgroup_storage: 19,
  queue: 22,
  stack: 23,
  sk_storage: 24,
  ringbuf: 27,
  inode_storage: 28,
  task_storage: 29,
  bloom_filter: 30,
  user_ringbuf: 31,
  cgrp_storage: 32,
  arena: 33,
} as const;
export type MapType = keyof typeof mapTypes;

/** `BPF_F_*` flags of map creation. */
export const MapFlags = {
  NO_PREALLOC: 1 << 0,
  NO_COMMON_LRU: 1 << 1,
  NUMA_NODE: 1 << 2,
  RDONLY: 1 << 3,
  WRONLY: 1 << 4,
  STACK_BUILD_ID: 1 << 5,
  ZERO_SEED: 1 << 6,
  RDONLY_PROG: 1 << 7,
  WRONLY_PROG: 1 << 8,
  CLONE: 1 << 9,
  MMAPABLE: 1 << 10,
  PRESERVE_ELEMS: 1 << 11,
  INNER_MAP: 1 << 12,
} as const;

export interface MapSpec {
  /** Shown by tools; cut to 15 characters of [A-Za-z0-9_.]. */
  readonly name: string;
  readonly type: MapType;
  readonly keySize: number;
  readonly valueSize: number;
  /** Ring buffers: size in bytes, a power of two and a multiple of the page size. Task storage: 0. */
  readonly maxEntries: number;
  readonly flags?: number;
  /** Template for the maps inside a map of maps; without it the first of `innerMaps`. */
  readonly inner?: MapSpec;
  /** Contents of an array of maps: created and put in at index 0, 1, …. */
  readonly innerMaps?: readonly MapSpec[];
  /** Array maps: adds MMAPABLE, for `BpfMap.mmap()`. */
  readonly mmapable?: boolean;
  /** Array maps: initial value of element 0. */
  readonly contents?: Uint8Array;
  /** No more changes from user space; with RDONLY_PROG the verifier then knows the contents. */
  readonly freeze?: boolean;
  /** NUMA node to allocate on. */
  readonly numa?: number;
}

const PER_CPU: ReadonlySet<MapType> = new Set(['percpu_hash', 'percpu_array', 'lru_percpu_hash']);
const LOCAL_STORAGE: ReadonlySet<MapType> = new Set([
  'task_storage',
  'sk_storage',
  'inode_storage',
  'cgrp_storage',
]);

export const isPerCpu = (type: MapType): boolean => PER_CPU.has(type);
export const isLocalStorage = (type: MapType): boolean => LOCAL_STORAGE.has(type);

const ALLOWED = /[^A-Za-z0-9_.]/g;

/** An object name that the kernel accepts. */
export const objectName = (name: string): string => name.replace(ALLOWED, '_').slice(0, 15);
