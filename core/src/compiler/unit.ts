/** What all programs of one image share: maps, the read-only data, where variables and aggregations live. */
import { Buffer } from 'node:buffer';
import type { Aggregation, Expr, Stmt, Variable } from '../language/checked.js';
import type { Span } from '../language/source.js';
import { positionOf } from '../language/source.js';
import { isString, sizeOf } from '../language/types/queries.js';
import { aggregationWords } from './aggregation-layout.js';
import { AggregationMaps, ENTRY_COST, entries, MEGABYTE } from './aggregation-maps.js';
import { aggregationCharge, elementCharge } from './charges.js';
import { align, commonShape, layoutFields, type Place } from './fields.js';
import type {
  ActionRecord,
  AggregationSchema,
  Clock,
  Field,
  MapImage,
  RecordSchema,
  SourceLine,
  StateLayout,
} from './image.js';
import { SPECULATION_ENTRY, SPECULATIONS } from './image.js';
import type { CompileInput } from './options.js';
import { scriptMaps } from './scripts/maps.js';
import { unwindMaps } from './unwind/maps.js';
import { forEachExpr, forEachStatement } from './walk.js';

/** What every program's state begins with; the counters by CPU follow. */
export const STATE = {
  size: 104,
  phase: 0,
  target: 4,
  wallOffset: 8,
  schedulerOffset: 48,
  chill: 88,
  filled: 16,
  drops: {
    doubleError: 24,
    dynamic: 32,
    nested: 40,
    speculation: 64,
    speculationBusy: 72,
    speculationUnavailable: 80,
  },
} as const;

export function stateLayout(cpus: number): StateLayout {
  const principal = STATE.size;
  const aggregation = principal + 8 * cpus;
  return { ...STATE, size: aggregation + 8 * cpus, cpus, drops: { ...STATE.drops, principal, aggregation } };
}

export const MAP = {
  state: 'state',
  globals: 'globals',
  constants: 'constants',
  zeros: 'zeros',
  rings: 'rings',
  buffers: 'buffers',
  scratch: 'scratch',
  thread: 'thread',
  probes: 'probes',
  speculations: SPECULATIONS,
} as const;

/**
 * Bytes before a string variable's own, elements excepted: not 0 where the variable holds NULL. In a thread's record,
 * which is all 0 before anything is assigned, not 0 where it does hold a string.
 */
export const NULLNESS = 8;

/** Where a variable's value is: the place and size of its own bytes. */
export type Home =
  | { readonly in: 'globals'; readonly offset: number; readonly size: number }
  | { readonly in: 'thread'; readonly offset: number; readonly size: number }
  | { readonly in: 'program'; readonly size: number }
  | {
      readonly in: 'map';
      readonly map: string;
      readonly keys: readonly Field[];
      readonly keySize: number;
      readonly size: number;
    };

/** Read-only bytes that programs refer to by offset; equal ones are kept once. */
class Constants {
  private readonly chunks: Buffer[] = [];
  private readonly known = new Map<string, number>();
  private size = 0;

  add(bytes: Buffer): number {
    const key = bytes.toString('latin1');
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const offset = this.size;
    const padded = Buffer.alloc(align(bytes.length + 1, 8));
    bytes.copy(padded);
    this.chunks.push(padded);
    this.size += padded.length;
    this.known.set(key, offset);
    return offset;
  }

  finish(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

export class Unit {
  readonly constants = new Constants();
  readonly maps: MapImage[] = [];
  readonly records: RecordSchema[] = [];
  readonly sources: SourceLine[] = [];
  readonly aggregations: AggregationSchema[] = [];
  private readonly homes = new Map<number, Home>();
  private readonly sourceNumbers = new Map<string, number>();
  private readonly aggregationIndex = new Map<number, number>();
  private globalsSize = 0;
  private threadSize = 0;
  private scratchSize = 0;
  private programCount = 0;
  private zeros = 8;

  readonly state: StateLayout;

  constructor(readonly input: CompileInput) {
    this.state = stateLayout(input.cpus);
    this.placeVariables();
    this.placeAggregations();
  }

  get options() {
    return this.input.options;
  }

  home(variable: Variable): Home {
    const home = this.homes.get(variable.id);
    if (!home) throw new Error(`variable ${variable.name} has no home`);
    return home;
  }

  aggregation(aggregation: Aggregation): AggregationSchema {
    return this.aggregations[this.aggregationNumber(aggregation)]!;
  }

  aggregationNumber(aggregation: Aggregation): number {
    const index = this.aggregationIndex.get(aggregation.id);
    if (index === undefined) throw new Error(`aggregation @${aggregation.name} has no place`);
    return index;
  }

  /** The number instructions carry to tell which D text they come from. */
  sourceNumber(span: Span): number {
    const key = `${span.source.name}\0${span.start}`;
    let number = this.sourceNumbers.get(key);
    if (number === undefined) {
      const { line, column } = positionOf(span.source, span.start);
      const text = span.source.text.split('\n', line)[line - 1] ?? '';
      number = this.sources.push({ name: span.source.name, line, column, text }) - 1;
      this.sourceNumbers.set(key, number);
    }
    return number;
  }

  /** What the records of one clause consist of; the same for every program the clause is in. */
  describe(epid: number, actions: readonly ActionRecord[], charge: number): void {
    const known = this.records[epid - 1];
    if (known) this.records[epid - 1] = { ...known, actions, charge };
  }

  addRecord(description: string): number {
    this.records.push({ epid: this.records.length + 1, description, actions: [], charge: 0 });
    return this.records.length;
  }

  private readonly nestedRecords = new Map<Stmt, number>();

  /** The record of a statement under a condition; the same in every program that has the statement. */
  nestedRecord(stmt: Stmt): number {
    let epid = this.nestedRecords.get(stmt);
    if (epid === undefined) {
      epid = this.addRecord('');
      this.nestedRecords.set(stmt, epid);
    }
    return epid;
  }

  usesRings = false;
  usesSpeculations = false;
  usesUnwinding = false;
  usesScripts = false;
  readonly clocks = new Set<Clock>();

  get globalBytes(): number {
    return this.globalsSize;
  }

  /**
   * Rings hold records as they are here, with headers that small records of old did not have: where bytes are counted
   * one by one there is room for more.
   */
  get ringBytes(): number {
    const { bufsize, bufpolicy } = this.options;
    if (bufpolicy === 'ring') return powerOfTwo(Math.max(bufsize, LEAST_FLIGHT_RING));
    return powerOfTwo(bufsize <= LARGEST_COUNTED ? bufsize * MOST_GROWTH : bufsize);
  }

  /** Whether programs count what their records take; else the ring is what has no room. */
  get countsBuffers(): boolean {
    const { bufsize, bufpolicy } = this.options;
    return bufpolicy === 'fill' || (bufpolicy === 'switch' && bufsize <= LARGEST_COUNTED);
  }

  nextProgramName(hint: string): string {
    return `${hint.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 12)}${this.programCount++}`;
  }

  /** Every program's scratch slot is the same map's: the largest wish decides. */
  needScratch(bytes: number): void {
    this.scratchSize = Math.max(this.scratchSize, align(bytes, 8));
  }

  get scratchBytes(): number {
    return this.scratchSize;
  }

  /** Scratch space too large for a per-CPU map: an array with the slots of all CPUs one after the other. */
  sharedScratch = false;

  /** Programs use this many bytes of zeros (templates of new map values). */
  needZeros(bytes: number): void {
    this.zeros = Math.max(this.zeros, align(bytes, 8));
  }

  /** Key layout that fits every use of a map. */
  private keyLayout(
    uses: readonly (readonly Expr[])[],
    place: Place,
    prefix: number,
  ): { keys: Field[]; keySize: number } {
    const shapes = (uses[0] ?? []).map((_, column) => {
      const keys = uses.map((row) => row[column]!);
      return commonShape(keys, this.options, place);
    });
    const { fields, end } = layoutFields(shapes, prefix);
    return { keys: fields, keySize: align(Math.max(end, 8), 8) };
  }

  private placeVariables(): void {
    const uses = elementUses(this.input);
    for (const variable of this.input.program.variables) {
      const size = align(valueSize(variable, this.options.strsize), 8);
      const before = isString(variable.type) ? NULLNESS : 0;
      if (variable.keys) {
        const found = uses.get(variable.id);
        if (!found) continue;
        const { keys, keySize } = this.keyLayout(found, 'element-key', variable.scope === 'self' ? 8 : 0);
        const map = `a${variable.id}_${variable.name}`.slice(0, 15);
        const { dynvarsize } = this.options;
        const charge = elementCharge(found[0] ?? [], valueSize(variable, this.options.strsize), this.options);
        const maxEntries = entries(dynvarsize, charge, MEGABYTE / (keySize + size + ENTRY_COST));
        this.maps.push({ name: map, type: 'hash', keySize, valueSize: size, maxEntries });
        this.homes.set(variable.id, { in: 'map', map, keys, keySize, size });
        this.needZeros(size);
      } else if (variable.scope === 'global') {
        this.homes.set(variable.id, { in: 'globals', offset: this.globalsSize + before, size });
        this.globalsSize += before + size;
      } else if (variable.scope === 'self') {
        this.homes.set(variable.id, { in: 'thread', offset: this.threadSize + before, size });
        this.threadSize += before + size;
      } else {
        this.homes.set(variable.id, { in: 'program', size });
      }
    }
  }

  private placeAggregations(): void {
    const uses = aggregationUses(this.input);
    const used = this.input.program.aggregations.filter(({ id }) => uses.has(id));
    const shares = used.length > MOST_OWN_AGGREGATIONS;
    const drafts = used.map((aggregation) => {
      const statements = uses.get(aggregation.id) ?? [];
      const rows = statements.map(({ keys }) => keys);
      const { keys, keySize } = this.keyLayout(rows, 'aggregation-key', shares ? 8 : 0);
      const words = aggregationWords(aggregation);
      const charge = aggregationCharge(rows[0] ?? [], words, this.options);
      return { aggregation, keys, keySize, words, charge };
    });
    const maps = new AggregationMaps(this.options.aggsize);
    for (const { aggregation, keys, keySize, words, charge } of drafts) {
      const scalar = keys.length === 0;
      // Those of one shape share a map; the first word of a key, or the place in an array, tells them apart.
      const name = shares
        ? `g${scalar ? 's' : 'k'}${words}_${keySize}`
        : `g${aggregation.id}_${aggregation.name}`.slice(0, 15);
      const slot = maps.add(name, { scalar, keySize, words, charge });
      this.needZeros(words * 8);
      this.aggregationIndex.set(aggregation.id, this.aggregations.length);
      this.aggregations.push({
        id: aggregation.id,
        name: aggregation.name,
        function: aggregation.function,
        parameters: aggregation.parameters,
        keys,
        keySize: scalar ? 4 : keySize,
        words,
        map: name,
        slot,
        ...(shares && !scalar && { tag: slot }),
        scalar,
        signed: true,
      });
    }
    this.maps.push(...maps.all());
  }

  /** Maps that every image has, or that some program turned out to need. */
  finish(): MapImage[] {
    const maps: MapImage[] = [
      {
        name: MAP.state,
        type: 'array',
        keySize: 4,
        valueSize: this.state.size,
        maxEntries: 1,
        mmapable: true,
      },
    ];
    if (this.globalsSize > 0)
      maps.push({ name: MAP.globals, type: 'array', keySize: 4, valueSize: this.globalsSize, maxEntries: 1 });
    const contents = this.constants.finish();
    if (contents.length > 0) {
      maps.push({
        name: MAP.constants,
        type: 'array',
        keySize: 4,
        valueSize: contents.length,
        maxEntries: 1,
        readOnly: true,
        contents,
      });
    }
    if (this.usesSpeculations) {
      const valueSize = this.options.nspec * SPECULATION_ENTRY.size;
      maps.push({
        name: MAP.speculations,
        type: 'array',
        keySize: 4,
        valueSize,
        maxEntries: 1,
        mmapable: true,
      });
    }
    this.needZeros(this.threadSize);
    maps.push({
      name: MAP.zeros,
      type: 'array',
      keySize: 4,
      valueSize: this.zeros,
      maxEntries: 1,
      readOnly: true,
    });
    if (this.threadSize > 0) {
      const valueSize = this.threadSize;
      maps.push(
        this.threadStorage
          ? { name: MAP.thread, type: 'task_storage', keySize: 4, valueSize, maxEntries: 0 }
          : {
              name: MAP.thread,
              type: 'hash',
              keySize: 8,
              valueSize,
              maxEntries: Math.max(
                1024,
                Math.floor((this.options.dynvarsize ?? MEGABYTE) / (valueSize + ENTRY_COST)),
              ),
            },
      );
    }
    if (this.scratchSize > 0) {
      maps.push({
        name: MAP.scratch,
        type: this.sharedScratch ? 'array' : 'percpu_array',
        keySize: 4,
        valueSize: this.scratchSize,
        maxEntries: SCRATCH_SLOTS,
        ...(this.sharedScratch ? { perCpu: true } : {}),
      });
    }
    if (this.usesRings) {
      maps.push(...this.ringMaps());
      if (this.countsBuffers) {
        const valueSize = 8 * this.input.cpus;
        maps.push({ name: MAP.buffers, type: 'array', keySize: 4, valueSize, maxEntries: 1, mmapable: true });
      }
    }
    if (this.usesUnwinding) maps.push(...unwindMaps);
    if (this.usesScripts) maps.push(...scriptMaps);
    const growing = !this.preallocates && this.input.has('hash_no_prealloc');
    const isHash = ({ type }: MapImage) => type === 'hash' || type === 'percpu_hash';
    return [...maps, ...this.maps].map((map) => (growing && isHash(map) ? { ...map, growing } : map));
  }

  /** CPUs whose rings a program tells apart by itself; beyond, it looks them up. */
  get separateRings(): boolean {
    return this.input.cpus <= MOST_SEPARATE_RINGS;
  }

  /**
   * A program may name few maps, but an array of rings costs a look-up per record, and filling it makes the kernel
   * wait for a grace period at start-up.
   */
  private ringMaps(): MapImage[] {
    const ring = { keySize: 4, valueSize: 4, maxEntries: this.ringBytes };
    if (!this.separateRings) return [{ name: MAP.rings, type: 'rings', ...ring }];
    return Array.from({ length: this.input.cpus }, (_, cpu) => ({
      name: ringName(cpu),
      type: 'ring',
      ...ring,
    }));
  }

  /** Thread-local variables in task storage, where every program type of the image may use it. */
  threadStorage = true;
  /** Some program runs where the kernel must not be made to allocate. */
  preallocates = false;
  /** No program of the image runs while another does on the same CPU: one may hold a lock that the other needs. */
  neverNests = false;
}

/** Buffers up to this size are counted to the byte. */
const LARGEST_COUNTED = 64 * 1024;
/** Bytes of the smallest records here, for one that they count. */
const MOST_GROWTH = 8;
/** A ring that is emptied while only its last records are wanted. */
const LEAST_FLIGHT_RING = MEGABYTE;
/** Aggregations beyond which they share maps: a program may use few. */
const MOST_OWN_AGGREGATIONS = 32;

const MOST_SEPARATE_RINGS = 16;

export function ringName(cpu: number): string {
  return `ring${cpu}`;
}

/** Programs of one CPU that may interrupt each other and still find scratch space. */
export const SCRATCH_SLOTS = 4;

function powerOfTwo(bytes: number): number {
  let size = 4096;
  while (size < bytes) size *= 2;
  return size;
}

export function valueSize(variable: Variable, strsize: number): number {
  return isString(variable.type) ? strsize : Math.max(1, sizeOf(variable.type, strsize) ?? 8);
}

function aggregationUses(input: CompileInput) {
  const uses = new Map<number, Extract<Stmt, { kind: 'aggregate' }>[]>();
  for (const clause of input.program.clauses) {
    forEachStatement(clause, (stmt) => {
      if (stmt.kind !== 'aggregate') return;
      const list = uses.get(stmt.aggregation.id) ?? [];
      list.push(stmt);
      uses.set(stmt.aggregation.id, list);
    });
  }
  return uses;
}

function elementUses(input: CompileInput): Map<number, (readonly Expr[])[]> {
  const uses = new Map<number, (readonly Expr[])[]>();
  for (const clause of input.program.clauses) {
    forEachExpr(clause, (expr) => {
      if (expr.kind !== 'element') return;
      const list = uses.get(expr.variable.id) ?? [];
      list.push(expr.keys);
      uses.set(expr.variable.id, list);
    });
  }
  return uses;
}
