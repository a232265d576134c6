/**
 * A site is where in the machine a probe is: plain data, one of an open set of kinds. What a kind means (program
 * type, context, attachment) is known to its `SiteKind` (session/site-kinds), found through DI by `kind`.
 */
export interface SiteBase {
  readonly kind: string;
  /**
   * D over the site's own args[]: the probe fires only where it is true. Probes at one place must agree on it.
   */
  readonly guard?: string;
  /** Numbers that the site's args[] give out: what is known of this place and of no other. 64 bits each. */
  readonly facts?: readonly bigint[];
}

/** BEGIN, END and ERROR: fired by the session itself. */
export interface SelfSite extends SiteBase {
  readonly kind: 'self';
  readonly phase: 'begin' | 'end' | 'error';
}

/**
 * A kernel tracepoint, reached through its BTF-typed raw form.
 * `select`: the probe is only those events where the D text `on` (over the site's own args[]) equals `value`; any
 * number of probes share one program through a table (all of `syscall:::entry` is one tracepoint).
 */
export interface RawTracepointSite extends SiteBase {
  readonly kind: 'raw-tracepoint';
  readonly tracepoint: string;
  readonly select?: { readonly on: string; readonly value: number };
}

/**
 * A clock: every `period` nanoseconds on one CPU or on all. args[0]: interrupted pc; args[1]: what tells user mode
 * from kernel mode (x86-64: cs; arm64: pstate); args[2]: interrupted stack pointer.
 */
export interface TimerSite extends SiteBase {
  readonly kind: 'timer';
  readonly period: bigint;
  readonly cpus: 'one' | 'all';
}

/** A place in the code of a file. */
export interface UserPlace {
  /** Offset in the file, not an address. */
  readonly offset: number;
  /** What the probe may want to know of this one of its places: args[0]. Default 0; 32 bits. */
  readonly value?: number;
  /** Offset in the file of a counter that is above 0 while somebody traces (a USDT semaphore). */
  readonly counter?: number;
}

/**
 * Code of processes: some places in one file, in every process that has it mapped, or in one. Any number of probes share
 * one program. args[0]: the place's value; args[1 + i]: word i of the registers as `struct pt_regs` has them.
 */
export interface UprobeSite extends SiteBase {
  readonly kind: 'uprobe';
  /** Where the file can be opened. */
  readonly path: string;
  readonly places: readonly UserPlace[];
  /** Why some or all places are left out, in a few words: reported when the probe is enabled. */
  readonly refusal?: string;
  /** When a function that starts at the place returns, instead of there. */
  readonly onReturn?: boolean;
  /** Only this process. */
  readonly pid?: number;
}

/** A counter of the processor or the kernel: after every `period` events on each CPU. args[] are those of a clock. */
export interface CounterSite extends SiteBase {
  readonly kind: 'counter';
  readonly type: 'hardware' | 'software' | 'raw';
  /** The event's name in ebpf-napi, or the number of a raw one. */
  readonly config: string | bigint;
  readonly period: bigint;
  /** Where the processor has to be for an event to count. */
  readonly mode: 'user' | 'kernel' | 'all';
}

/** The means by which kernel functions are probed, as site kinds. */
export type FunctionMeans = 'fentry' | 'kprobe' | 'kprobe-multi';

/**
 * Entry or return of a kernel function. Providers give the kind `function`, and for each run it is decided which of the
 * kernel's means serves it. Own args[]: the parameters at entry, the result alone at return; of an untyped function the
 * words that arguments are passed in.
 */
export interface FunctionSite extends SiteBase {
  readonly kind: 'function' | FunctionMeans;
  readonly function: string;
  /** Absent: the kernel itself. */
  readonly module?: string;
  readonly at: 'entry' | 'return';
  /** What is known of its type is not true of its code: the compiler changed its parameters. */
  readonly untyped?: boolean;
  /** Several functions have this name: all of them are meant. */
  readonly ambiguous?: boolean;
  /** Some clause makes the function return at once. */
  readonly forced?: boolean;
}

/** What single instructions are probed by. */
export type InstructionMeans = 'uprobe' | 'kprobe' | 'breakpoint';

/** An instruction in the code of a file, in one process or in all. */
export interface UserInstruction {
  /** Where the file can be opened. */
  readonly path: string;
  /** Device and inode, as memory maps have them. */
  readonly file: string;
  readonly offset: number;
  readonly pid?: number;
  /** Why no uprobe can be there. */
  readonly refusal?: string;
}

/**
 * One instruction. Providers give the kind `instruction`, and for each run it is decided what serves it. Own args[]: those
 * of a uprobe, then the site's facts, then for each fact the register whose number it is (`NO_REGISTER`: 0).
 */
export interface InstructionSite extends SiteBase {
  readonly kind: 'instruction' | 'instruction-kprobe' | 'breakpoint';
  readonly at: UserInstruction | { readonly address: bigint };
  readonly facts: readonly bigint[];
}

export type ProbeSite =
  | SelfSite
  | RawTracepointSite
  | TimerSite
  | CounterSite
  | UprobeSite
  | FunctionSite
  | InstructionSite
  | SiteBase;
