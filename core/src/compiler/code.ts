/** The state of writing one program: its IR, what is already known in registers, where faults go. */

import type { Variable } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import type { Span } from '../language/source.js';
import { isString } from '../language/types/queries.js';
import type { ProbeName } from '../probes/probe.js';
import type { SiteLayout } from '../probes/site-layout.js';
import type { Cell } from './cell.js';
import type { Heap } from './heap.js';
import { CPU_DROPS, type DropKind } from './image.js';
import { IrBuilder } from './ir/builder.js';
import {
  type Condition,
  type Imm,
  imm,
  type MapValue,
  type Operand,
  type StackRef,
  type V,
  type Width,
} from './ir/ir.js';
import type { ProgramMapping } from './mapping.js';
import type { ClauseScope } from './statements.js';
import { MAP, NULLNESS, SCRATCH_SLOTS, type Unit } from './unit.js';

/**
 * How sparing the code is with what the kernel limits. `free`: values stay in registers and small buffers on the
 * stack. `careful`: values that depend on the path taken (clause-local variables, truth values) are kept in scratch
 * memory, where the verifier does not follow them; large programs would have it explore every combination. `frugal`:
 * nothing is remembered from one expression to the next and operands wait in memory, so that no clause, however
 * long, needs more than the 512 bytes of one stack frame.
 */
export const Level = { free: 0, careful: 1, frugal: 2 } as const;
export type Level = (typeof Level)[keyof typeof Level];

/** Stack bytes beyond which a buffer goes to scratch space instead: one buffer, and all together, by level. */
const LARGEST_STACK_BUFFER = [160, 0, 0] as const;
const STACK_BUDGET = [320, 0, 0] as const;

/** Offsets in the stack buffer that carries a fault from where it happened to the handler. */
export const FAULT_INFO = {
  epid: 0,
  action: 4,
  offset: 8,
  kind: 12,
  address: 16,
  size: 24,
} as const;

/** Scratch offset behind the busy word. */
const RESERVED_WORD = 8;

export interface ClauseState {
  epid: number;
  readonly end: string;
  /** Where its faults lead. */
  readonly fault: string;
  action: number;
  /** Of a clause that speculates: the speculation its records belong to, 0 before. */
  speculation?: Cell;
}

export class Code {
  readonly b: IrBuilder;
  mapping: ProgramMapping;
  readonly ctx: V;
  /** Pointer to this run's scratch slot; defined at the program's start if anybody uses it. */
  readonly scratchBase: V;
  readonly done: string;
  /** Of the clause that is being written: what its handler is told; undefined as long as nothing can fault. */
  faultInfo: StackRef | undefined;
  usesRings = false;
  clause: ClauseState | undefined;
  /** What functions called in expressions record to. */
  scope: ClauseScope | undefined;
  /** This is END's program. */
  isEnd = false;
  readonly programVariables = new Map<number, V>();
  private readonly spaces: { readonly offset: number; readonly size: number }[] = [];
  private readonly programSpaces = new Map<number, number>();
  readonly temps = new Map<number, unknown>();
  /** Probe id of this run, where the program serves several. */
  probeId: V | Imm = imm(0);
  /** Number of the probe within `probes`, where there are several. */
  probeIndex: V | Imm = imm(0);
  /** Where this run's facts are: of several probes, beside the entry of the one that fired. */
  facts: readonly bigint[] | { readonly entry: V; readonly offset: number } = [];
  /** While ERROR's clauses are written: where a fault of theirs leads. */
  inError: string | undefined;
  private memo = new Map<string, V>();
  private scratchUsed = 0;
  /** The busy word and the word pointers are laundered in come first. */
  private scratchTop = RESERVED_WORD + 8;

  /** Turns of loops whose turns the kernel counts. */
  budgeted = 0;
  /** While the body of a loop is written that becomes a function. */
  inCallback = false;
  /** Scratch words set to 0 when the program starts. */
  readonly clearedAtStart: number[] = [];
  private stackUsed = 0;
  private memory: Heap | undefined;

  constructor(
    readonly unit: Unit,
    readonly layout: SiteLayout,
    mapping: ProgramMapping,
    readonly name: string,
    /** The probes this program serves, by index. */
    readonly probes: readonly ProbeName[],
    readonly level: Level = Level.free,
  ) {
    this.mapping = mapping;
    this.b = new IrBuilder(name);
    this.ctx = this.b.register();
    this.scratchBase = this.b.register();
    this.done = this.b.newLabel('done');
  }

  get has(): (feature: string) => boolean {
    return (feature) => this.unit.input.has(feature);
  }

  at(span: Span): void {
    this.b.source = this.unit.sourceNumber(span);
  }

  // ---- values computed once --------------------------------------------------------------------------

  /** A value that stays the same during one run of the program, computed where it is first needed. */
  once(key: string, compute: () => V): V {
    if (this.level >= Level.frugal) return compute();
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const v = compute();
    this.memo.set(key, v);
    return v;
  }

  remembered(key: string): V | undefined {
    return this.memo.get(key);
  }

  /** Code that may be jumped over: what it learns is not known behind it. */
  region<T>(write: () => T): T {
    const outer = this.memo;
    this.memo = new Map(outer);
    try {
      return write();
    } finally {
      this.memo = outer;
    }
  }

  /** A loop's turns look for the thread's record themselves: one of them may make it. */
  forgetThread(): void {
    this.memo.delete('thread');
    this.memo.delete('thread-for-writing');
  }

  /** Code reached from everywhere knows nothing. */
  forgetAll(): void {
    this.memo = new Map();
  }

  // ---- memory ----------------------------------------------------------------------------------------

  /** Space for `size` bytes until `release`: on the stack when small, in scratch space otherwise. */
  space(size: number): { at: Operand; release: () => void } {
    if (size <= LARGEST_STACK_BUFFER[this.level] && this.stackUsed + size <= STACK_BUDGET[this.level]) {
      const ref = this.b.buffer(size);
      this.stackUsed += size;
      return {
        at: ref,
        release: () => {
          this.stackUsed -= size;
          this.b.releaseBuffer(ref);
        },
      };
    }
    return { at: this.b.address(this.scratchBase, this.scratchOffset(size)), release: () => {} };
  }

  /** Takes scratch space until the enclosing `temporaries` ends; returns its offset from `scratchBase`. */
  scratchOffset(size: number): number {
    const top = this.scratchTop;
    this.scratchTop += (size + 7) & ~7;
    this.scratchUsed = Math.max(this.scratchUsed, this.scratchTop);
    return top;
  }

  /** Scratch bytes through which a pointer goes to become a number. */
  launderOffset(): number {
    this.scratchUsed = Math.max(this.scratchUsed, RESERVED_WORD + 8);
    return RESERVED_WORD;
  }

  /** Bytes of scratch space behind its busy word that D pointers may lead into. */
  get scratchWritable(): number {
    return Math.max(this.scratchTop, 16) - 8;
  }

  /** Forgets all scratch space taken by `write`: a statement's temporaries. */
  temporaries<T>(write: () => T): T {
    const top = this.scratchTop;
    try {
      return write();
    } finally {
      this.scratchTop = top;
    }
  }

  /** Fills with zeros by stores, or for large areas by a helper that is asked to read nothing. */
  zero(at: Operand, offset: number, size: number): void {
    if (size > 128) {
      // The helper clears its whole buffer when it cannot read: one call instead of a long run of stores.
      this.b.helper('bpf_probe_read_kernel', this.b.address(at, offset), imm(size), imm(0));
      return;
    }
    for (let done = 0; done < size; ) {
      const width: Width =
        size - done >= 8 && (offset + done) % 8 === 0
          ? 8
          : size - done >= 4 && (offset + done) % 4 === 0
            ? 4
            : 1;
      this.storeAt(at, offset + done, width, imm(0));
      done += width;
    }
  }

  storeAt(at: Operand, offset: number, width: Width, from: V | Imm): void {
    if (typeof at === 'object' && 'stack' in at) this.b.store(width, at, offset, from);
    else this.b.store(width, this.b.address(at), offset, from);
  }

  loadAt(at: Operand, offset: number, width: Width): V {
    if (typeof at === 'object' && 'stack' in at) return this.b.load(width, at, offset);
    return this.b.load(width, this.b.address(at), offset);
  }

  /**
   * Reads foreign memory; a bad address is a fault of the clause. `offset`: how far behind a pointer the address is. If
   * that pointer was NULL, the fault names it and not the address.
   */
  readMemory(address: V | Imm, width: Width, user: boolean, offset = 0n): V {
    const buffer = this.b.buffer(8);
    // What a helper writes does not make the verifier forget what another use left there; a store does.
    this.b.store(8, buffer, 0, imm(0));
    const status = this.b.helper(
      user ? 'bpf_probe_read_user' : 'bpf_probe_read_kernel',
      buffer,
      imm(width),
      address,
    );
    const ok = this.b.newLabel('ok');
    this.b.branch('==', status, imm(0), ok);
    this.fault(Fault.badAddress, this.unlessBehindNull(address, offset));
    this.b.label(ok);
    const value = this.b.load(width, buffer, 0);
    this.b.releaseBuffer(buffer);
    return value;
  }

  private unlessBehindNull(address: V | Imm, offset: bigint): V | Imm {
    if (offset === 0n) return address;
    if (typeof address !== 'number') return address.imm === offset ? imm(0) : address;
    const named = this.b.constant(0);
    const end = this.b.newLabel('null');
    this.b.branch('==', address, imm(offset), end);
    this.b.assign(named, address);
    this.b.label(end);
    return named;
  }

  // ---- faults and losses -----------------------------------------------------------------------------

  /** Ends the clause with a fault unless the condition holds. */
  faultUnless(condition: Condition, a: V, b: V | Imm, kind: number, address: V | Imm): void {
    const ok = this.b.newLabel('ok');
    this.b.branch(condition, a, b, ok);
    this.fault(kind, address);
    this.b.label(ok);
  }

  fault(kind: number, address: V | Imm): void {
    const clause = this.clause;
    if (this.inError !== undefined) {
      // A fault while handling a fault ends that ERROR clause; it is counted, and not reported again.
      this.b.jump(this.inError);
      return;
    }
    if (!clause) {
      // Guards and selectors run before any clause: their fault only means the probe does not fire.
      this.b.jump(this.done);
      return;
    }
    this.faultInfo ??= this.b.buffer(FAULT_INFO.size);
    // Eight bytes at a time: only those make the verifier forget what an earlier fault left there.
    const where = BigInt(clause.epid) | (BigInt(clause.action) << 32n);
    this.b.store(8, this.faultInfo, FAULT_INFO.epid, this.b.constant(where));
    this.b.store(8, this.faultInfo, FAULT_INFO.offset, this.b.move({ here: true, high: kind }));
    this.b.store(8, this.faultInfo, FAULT_INFO.address, address);
    this.b.jump(clause.fault);
  }

  /** Ends the clause quietly: the loss is counted already. */
  abandon(): void {
    this.b.jump(this.clause?.end ?? this.done);
  }

  /** Counts lost data of one kind. Rare, so one shared counter does. */
  drop(kind: DropKind): void {
    const { b, unit } = this;
    const first = { map: MAP.state, value: unit.state.drops[kind] } as const;
    if (!CPU_DROPS.has(kind)) {
      b.atomic('add', 8, b.move(first), 0, b.constant(1));
      return;
    }
    this.region(() => b.atomic('add', 8, this.ofCpu(first), 0, b.constant(1)));
  }

  cpu(): V {
    return this.once('cpu', () => this.b.helper('bpf_get_smp_processor_id'));
  }

  /** This CPU's u64 in an array that has one for each, which begins at `first`. */
  ofCpu(first: MapValue): V {
    const { b } = this;
    const index = b.move(this.cpu());
    const known = b.newLabel('cpu');
    // True already; the verifier wants to see it.
    b.branch('<', index, imm(this.unit.input.cpus), known);
    b.assign(index, imm(0));
    b.label(known);
    return b.alu('add', b.move(first), b.alu('lsh', index, imm(3)));
  }

  // ---- variables of this program ---------------------------------------------------------------------

  programVariable(variable: Variable): V {
    let v = this.programVariables.get(variable.id);
    if (v === undefined) {
      v = this.b.register();
      this.programVariables.set(variable.id, v);
    }
    return v;
  }

  /** Scratch space that stays one clause-local string's, record's or array's for the whole program. */
  reserve(variable: Variable, size: number): void {
    if (this.programSpaces.has(variable.id)) return;
    const before = isString(variable.type) ? NULLNESS : 0;
    const offset = this.scratchOffset(before + size);
    this.programSpaces.set(variable.id, offset + before);
    // What an earlier run left there is not this one's: an empty string ends at once, the rest is all zero.
    this.spaces.push({ offset, size: before > 0 ? before + 8 : size });
  }

  /** What alloca(), copyin() and subroutines with a memory of their own get; laid out before any code is written. */
  get heap(): Heap {
    if (!this.memory) throw new Error('scratch memory is not laid out yet');
    return this.memory;
  }

  set heap(heap: Heap) {
    this.memory = heap;
  }

  programSpace(variable: Variable): number {
    const offset = this.programSpaces.get(variable.id);
    if (offset === undefined) throw new Error(`no space reserved for this->${variable.name}`);
    return offset;
  }

  /** Writes code that sees other args[]: a mapping's own text sees the site's. */
  withMapping<T>(mapping: ProgramMapping, write: () => T): T {
    const outer = this.mapping;
    this.mapping = mapping;
    try {
      return write();
    } finally {
      this.mapping = outer;
    }
  }

  // ---- the program's start ---------------------------------------------------------------------------

  /** What must happen before the body, known only after it is written. `at`: index in the body. */
  openScratch(at: number): void {
    if (this.scratchUsed === 0) return;
    const slots = this.unit.neverNests ? 1 : SCRATCH_SLOTS;
    this.unit.needScratch(this.scratchUsed);
    this.b.insertAt(at, () => {
      const key = this.b.buffer(4);
      const ok = this.b.newLabel('slot');
      const giveUp = this.b.newLabel('noslot');
      const first = this.unit.sharedScratch
        ? this.b.alu('mul', this.b.helper('bpf_get_smp_processor_id'), imm(SCRATCH_SLOTS))
        : undefined;
      for (let slot = 0; slot < slots; slot++) {
        const next = this.b.newLabel('next');
        this.b.store(8, key, 0, first === undefined ? imm(slot) : this.b.alu('add', first, imm(slot)));
        this.b.assign(this.scratchBase, this.b.helper('bpf_map_lookup_elem', { map: MAP.scratch }, key));
        this.b.branch('==', this.scratchBase, imm(0), giveUp);
        if (this.has('atomics_fetch')) {
          const busy = this.b.atomic('xchg', 8, this.scratchBase, 0, this.b.constant(1))!;
          this.b.branch('==', busy, imm(0), ok);
        } else {
          // Kernels without exchange are not preemptible here: whoever interrupts us is done before we go on.
          const busy = this.b.load(8, this.scratchBase, 0);
          this.b.branch('!=', busy, imm(0), next);
          this.b.store(8, this.scratchBase, 0, imm(1));
          this.b.jump(ok);
        }
        this.b.label(next);
      }
      this.drop('nested');
      this.b.label(giveUp);
      this.b.exit(imm(0));
      this.b.label(ok);
      this.b.releaseBuffer(key);
      for (const { offset, size } of this.spaces) this.zero(this.scratchBase, offset, size);
      for (const offset of this.clearedAtStart) this.b.store(8, this.scratchBase, offset, imm(0));
    });
  }

  closeScratch(): void {
    if (this.scratchUsed > 0) this.b.store(8, this.scratchBase, 0, imm(0));
  }
}
