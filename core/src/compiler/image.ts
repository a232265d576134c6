/**
 * A TraceImage is all that a script became: maps to create, programs to load and attach, and how to read what
 * they write. Plain data: the compiler makes it without touching the kernel, the session loads it.
 */
import type { Instruction } from 'ebpf-napi/asm';
import type { AggregatingFunction } from '../language/checked.js';
import type { ProbeSite } from '../probes/site.js';

export interface TraceImage {
  readonly maps: readonly MapImage[];
  readonly programs: readonly ProgramImage[];
  /** Enabled probes' names by probe id, as records and keys refer to them. */
  readonly probes: ReadonlyMap<number, ProbeImage>;
  /** Index = `epid - 1`, one per clause of the program. */
  readonly records: readonly RecordSchema[];
  readonly aggregations: readonly AggregationSchema[];
  /** Source line text per `source` number on instructions, for load errors and -S. */
  readonly sources: readonly SourceLine[];
  readonly layout: StateLayout;
  readonly buffers: BufferImage;
  /** Clocks that programs compare with the monotonic one; the session measures only these. */
  readonly clocks: readonly Clock[];
}

/** Sizes and policy of the buffers that records wait in for the consumer. */
export interface BufferImage {
  readonly policy: 'switch' | 'fill' | 'ring';
  /** Bytes a CPU's records may count together. */
  readonly size: number;
  /** A u64 per CPU in this map: what the records in its buffer count. Absent: nobody counts. */
  readonly counted?: string;
  /** Most that a clause of END counts. */
  readonly end: number;
}

/** walltimestamp's clock, and the one the scheduler charges CPU time by (vtimestamp). */
export type Clock = 'wall' | 'scheduler';

export interface SourceLine {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface ProbeImage {
  readonly id: number;
  readonly provider: string;
  readonly module: string;
  readonly function: string;
  readonly name: string;
}

export interface MapImage {
  readonly name: string;
  readonly type:
    | 'array'
    | 'percpu_array'
    | 'hash'
    | 'percpu_hash'
    | 'task_storage'
    | 'ring'
    | 'rings'
    | 'growing_array';
  readonly keySize: number;
  readonly valueSize: number;
  /**
   * For a `ring` (the ring buffer of the CPU whose number ends its name) its bytes, a power of two; for `rings` (an
   * array of ring buffers, one per possible CPU) the bytes of each. A `growing_array` has no value until the session
   * adds it: to programs it is an array of mmapable arrays of one value.
   */
  readonly maxEntries: number;
  readonly mmapable?: boolean;
  /** `maxEntries` is for each possible CPU. */
  readonly perCpu?: boolean;
  /** A hash that takes memory as keys come: reserving it all costs tens of milliseconds and megabytes at each start. */
  readonly growing?: boolean;
  /** Read-only to programs and frozen after `contents` is written. */
  readonly readOnly?: boolean;
  /** First value of an array. */
  readonly contents?: Uint8Array;
}

export interface ProgramImage {
  readonly name: string;
  /** Which `SiteKind` attaches it. */
  readonly kind: string;
  readonly type: 'raw_tracepoint' | 'tracing' | 'perf_event' | 'kprobe' | 'tracepoint' | 'syscall';
  readonly expectedAttach?: string;
  /** BTF target of a tracing program. */
  readonly attachTo?: string;
  /** The kernel module that target is in. */
  readonly attachModule?: string;
  readonly instructions: readonly Instruction[];
  /**
   * Where to attach, each with the probe it stands for (for selected sites: one of them, attached once). `cookie`: what
   * the program expects to read at this site; absent where it asks for none.
   */
  readonly sites: readonly { readonly probe: number; readonly site: ProbeSite; readonly cookie?: bigint }[];
}

/** Offsets in the `state` map's single value: the few words shared with the consumer. */
export interface StateLayout {
  readonly size: number;
  /** u32: 0 before BEGIN has run, 1 tracing, 2 stopping (exit() was called or the session stops). */
  readonly phase: number;
  /** s64: walltime minus monotonic time, nanoseconds; written by the session. */
  readonly wallOffset: number;
  /** s64: scheduler clock minus monotonic time, nanoseconds; written by the session. */
  readonly schedulerOffset: number;
  /** u64 start of the second that chill() counts in, u64 nanoseconds spent in it. */
  readonly chill: number;
  /** u32: $target, written before the programs run. */
  readonly target: number;
  /** u32: a buffer of policy `fill` has no room left. */
  readonly filled: number;
  /** u64 counters of lost data, by kind; of those in `CPU_DROPS` one for each CPU. */
  readonly drops: Readonly<Record<DropKind, number>>;
  readonly cpus: number;
}

/**
 * principal: no room in the ring; aggregation: no room for a new key; dynamic: no room for a variable;
 * nested: too many programs interrupting each other on one CPU; speculation: no room in a speculation;
 * speculationBusy, speculationUnavailable: speculation() found none free, because some are still being ended or
 * because all are in use; doubleError: a clause of ERROR failed itself.
 */
export type DropKind =
  | 'principal'
  | 'aggregation'
  | 'dynamic'
  | 'nested'
  | 'speculation'
  | 'speculationBusy'
  | 'speculationUnavailable'
  | 'doubleError';

/** Kinds that are told by CPU. */
export const CPU_DROPS: ReadonlySet<DropKind> = new Set<DropKind>(['principal', 'aggregation']);

export const SPECULATIONS = 'speculations';

/** An entry of that map: u64 state, u64 bytes recorded. The consumer clears it to free it. */
export const SPECULATION_ENTRY = { state: 0, used: 8, size: 16 } as const;

// ---- records -------------------------------------------------------------------------------------------

/**
 * Every record in a ring: u32 epid, u32 probe id, u64 time (CLOCK_MONOTONIC ns), then the fields of its schema.
 * epid 0 is a fault (`FAULT_FIELDS`).
 */
export const RECORD_HEADER = 16;

/** Fault record, after the header: u32 epid, u32 action, u32 offset, u32 kind, u64 address. */
export const FAULT_RECORD = { epid: 16, action: 20, offset: 24, kind: 28, address: 32, size: 40 } as const;

export interface RecordSchema {
  readonly epid: number;
  /** The clause's probe description as written, for messages. */
  readonly description: string;
  readonly actions: readonly ActionRecord[];
  /** What it counts against the size of a buffer; see `charges.ts`. */
  readonly charge: number;
}

export interface ActionRecord {
  /** printf, trace, stack, exit, printa, clear, default … */
  readonly action: string;
  readonly fields: readonly Field[];
  readonly format?: string;
  /** Indexes into `TraceImage.aggregations`. */
  readonly aggregations?: readonly number[];
  readonly constants?: readonly (bigint | string)[];
  /** print(): what the bytes mean. */
  readonly print?: PrintSpec;
}

export interface PrintSpec {
  /** The first field is an address, the second what lies there; else the only field is the value. */
  readonly pointer: boolean;
  readonly shape: PrintShape;
}

export type PrintShape = { readonly name: string; readonly size: number } & (
  | { readonly kind: 'integer'; readonly signed: boolean; readonly character: boolean }
  | {
      readonly kind: 'enum';
      readonly signed: boolean;
      readonly names: readonly (readonly [value: bigint, name: string])[];
    }
  | { readonly kind: 'pointer' }
  | { readonly kind: 'array'; readonly of: PrintShape }
  | { readonly kind: 'record'; readonly members: readonly PrintMember[] }
  | { readonly kind: 'bytes' }
);

export interface PrintMember {
  /** Empty for an anonymous one. */
  readonly name: string;
  readonly bitOffset: number;
  readonly bitSize?: number;
  readonly shape: PrintShape;
}

/** How a value lies in a record or a key. `offset` is from the start of the record (or key). */
export type Field =
  | {
      readonly kind: 'integer';
      readonly offset: number;
      readonly size: 1 | 2 | 4 | 8;
      readonly signed: boolean;
      /** For printing: enum, pointer, symbol address (`symaddr`, `usymaddr`), char. */
      readonly display?: 'pointer' | 'char' | 'symbol' | 'function' | 'module' | 'enum' | undefined;
      readonly enumerators?: ReadonlyMap<bigint, string>;
    }
  /** NUL-terminated within `size` bytes at `offset`. */
  | { readonly kind: 'string'; readonly offset: number; readonly size: number }
  /** At `offset`: u32 start (from the start of the record), u32 length in bytes; the bytes lie at the end. */
  | { readonly kind: 'long-string'; readonly offset: number }
  | { readonly kind: 'bytes'; readonly offset: number; readonly size: number }
  /** u64 count of frames used, then `frames` addresses. User stacks: u64 tgid first. */
  | { readonly kind: 'stack'; readonly offset: number; readonly frames: number }
  /** `generated`: jstack(), which asks runtimes for the names of the code they generate. */
  | {
      readonly kind: 'ustack';
      readonly offset: number;
      readonly frames: number;
      readonly generated?: true;
    }
  /** User address with its process: u64 tgid, u64 address. */
  | {
      readonly kind: 'user-symbol';
      readonly offset: number;
      readonly display: 'symbol' | 'function' | 'module' | 'address';
    }
  /** No bytes in records (the header's probe id says it); in keys a u32 probe id at `offset`. */
  | {
      readonly kind: 'probe';
      readonly part: 'provider' | 'module' | 'function' | 'name';
      readonly offset: number;
    };

// ---- aggregations --------------------------------------------------------------------------------------

/**
 * Values are per CPU, all fields 64-bit: [0] number of updates, then
 * count: nothing more; sum, avg: sum; min, max: the extreme; stddev: sum, low and high half of the sum of squares;
 * quantize: 127 buckets (-2^62 … 0 … 2^62); lquantize: levels + 2; llquantize: see `llquantizeBuckets`.
 */
export interface AggregationSchema {
  readonly id: number;
  readonly name: string;
  readonly function: AggregatingFunction;
  readonly parameters: readonly bigint[];
  readonly keys: readonly Field[];
  readonly keySize: number;
  /** Number of 64-bit words in a value. */
  readonly words: number;
  readonly map: string;
  /** No keys: the map is a per-CPU array. */
  readonly scalar: boolean;
  /** Its place in the array. */
  readonly slot: number;
  /** In a map that several share: the u64 that its keys begin with. */
  readonly tag?: number;
  /** The values hold signed data (sum/min/max/avg of a signed expression). */
  readonly signed: boolean;
}
