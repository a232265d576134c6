/** Records: a clause's data for the consumer, gathered while the clause runs and sent whole at its end, or not at all. */
import type { Expr } from '../language/checked.js';
import { resolve, spaceOf } from '../language/types/queries.js';
import { cpu, now } from './builtins.js';
import { capacityOf } from './capacity.js';
import { recordCharge } from './charges.js';
import type { Code } from './code.js';
import { evaluate, inRegister, type Scalar } from './expression.js';
import { align, type FieldShape, fieldShape } from './fields.js';
import { type Field, RECORD_HEADER } from './image.js';
import { type Imm, imm, type Operand, type V } from './ir/ir.js';
import { keyScalar, place } from './keys.js';
import { asNumber, distanceInHeap } from './memory.js';
import { isUserMemory } from './spaces.js';
import { userSymbol, writeStack } from './stacks.js';
import { copyString, evaluateString } from './strings.js';
import { MAP, ringName, STATE } from './unit.js';
import { copyMemory } from './variables.js';

const NO_WAKEUP = 1;
const FORCE_WAKEUP = 2;
const AVAILABLE_DATA = 0;

interface Slot {
  readonly field: Field;
  readonly size: number;
}

/** Counted for a CPU whose buffer of policy `fill` had no room: nothing fits any more. */
const FULL = 1n << 62n;

/** The record of one clause: all places are known before its code is written. */
export class RecordWriter {
  private readonly slots = new Map<Expr, Slot>();
  private readonly at: Operand;
  private readonly fixed: number;
  private readonly release: () => void;
  /** Where the next long string goes; a constant until the first one. */
  private tail: V | Imm;
  private urgent = false;
  /** What it counts in a buffer. */
  readonly charge: number;
  /** What it counts in a speculation. */
  readonly speculativeCharge: number;

  constructor(
    private readonly code: Code,
    values: readonly Expr[],
    /** In a clause that speculates: the field in front that says for which speculation. */
    mark?: Expr,
  ) {
    const { options } = code.unit;
    this.charge = recordCharge(values, options);
    this.speculativeCharge = recordCharge(values, options, true);
    let offset = RECORD_HEADER;
    let most = 0;
    for (const value of mark === undefined ? values : [mark, ...values]) {
      const shape: FieldShape = fieldShape(value, options, 'record');
      offset = align(offset, shape.align);
      const field = shape.make(offset);
      this.slots.set(value, { field, size: shape.size });
      if (field.kind === 'long-string') most += capacityOf(value, options.strsize);
      offset += shape.size;
    }
    this.fixed = align(offset, 8);
    this.tail = imm(this.fixed);
    const space = code.space(this.fixed + most + (most > 0 ? 8 : 0));
    this.at = space.at;
    this.release = space.release;
    this.storeHeader();
  }

  private storeHeader(): void {
    const { code } = this;
    const epid = imm(code.clause?.epid ?? 0);
    const { probeId } = code;
    const ids =
      typeof probeId === 'number'
        ? code.b.alu('or', code.b.alu('lsh', probeId, imm(32)), epid)
        : imm((probeId.imm << 32n) | epid.imm);
    code.storeAt(this.at, 0, 8, ids);
    code.storeAt(this.at, 8, 8, now(code));
    this.clearGaps();
  }

  /**
   * Bytes between fields are sent too; nothing of the kernel's may be in them. Words that fields fill in parts are
   * cleared whole: parts written one by one do not make the verifier forget what was there.
   */
  private clearGaps(): void {
    let end = RECORD_HEADER;
    for (const { field, size } of this.slots.values()) {
      this.code.zero(this.at, end, field.offset - end);
      end = Math.max(end, field.offset);
      if (field.kind === 'string') end = this.clearString(field.offset, size);
      else if (field.kind !== 'integer' || size === 8) end = Math.max(end, field.offset + size);
      else if (end === field.offset && end % 8 === 0) {
        this.code.zero(this.at, end, 8);
        end += 8;
      }
    }
    this.code.zero(this.at, end, this.fixed - end);
  }

  private clearString(offset: number, size: number): number {
    this.code.zero(this.at, offset, size);
    return offset + size;
  }

  field(value: Expr): Field {
    return this.slots.get(value)!.field;
  }

  /** The consumer is waiting for this one: exit(), and what it must act on at once. */
  wakeConsumer(): void {
    this.urgent = true;
  }

  write(value: Expr): void {
    const { code, at } = this;
    const { field } = this.slots.get(value)!;
    switch (field.kind) {
      case 'integer':
        code.storeAt(at, field.offset, field.size, shownScalar(code, value));
        break;
      case 'string': {
        const to = { at: place(code, at, field.offset), capacity: field.size };
        copyString(code, evaluateString(code, value, to), to);
        break;
      }
      case 'long-string':
        this.writeLong(value, field.offset);
        break;
      case 'bytes':
        copyMemory(
          code,
          place(code, at, field.offset),
          field.size,
          code.b.move(evaluate(code, value)),
          isUserMemory(value),
        );
        break;
      case 'stack':
      case 'ustack':
        writeStack(code, place(code, at, field.offset), field);
        break;
      case 'user-symbol':
        userSymbol(code, at, field.offset, value);
        break;
      case 'probe':
        break;
    }
  }

  /** Appends the string's bytes behind what is there and notes their place. */
  private writeLong(value: Expr, offset: number): void {
    const { code, at } = this;
    const { b } = code;
    if (resolve(value.type).kind !== 'string') throw new Error('long-string field of no string');
    const capacity = capacityOf(value, code.unit.options.strsize);
    const base = b.address(at);
    const tail = this.tail;
    const to = {
      at: typeof tail === 'number' ? b.alu('add', base, tail) : b.address(base, Number(tail.imm)),
      capacity,
    };
    const written = copyString(code, evaluateString(code, value, to), to);
    code.storeAt(at, offset, 4, tail);
    code.storeAt(at, offset + 4, 4, written.length!);
    this.tail = b.alu(
      'add',
      typeof tail === 'number' ? tail : b.move(tail),
      b.alu('add', b.move(written.length!), imm(1)),
    );
  }

  /** Sends the record. What belongs to a speculation (0: none) does not count in the buffer. */
  commit(speculation?: V): void {
    const { code } = this;
    const { charge } = this;
    sendRecord(code, this.at, this.tail, { urgent: this.urgent, charge, speculation });
    this.release();
  }
}

/** Memory of the program's own has no address that means anything outside: its first byte is shown as 8. */
function shownScalar(code: Code, expr: Expr): Scalar {
  const { b } = code;
  const value = evaluate(code, keyScalar(expr));
  if (spaceOf(expr.type) !== 'scratch') return value;
  const address = inRegister(code, asNumber(code, value));
  const shown = b.move(address);
  const end = b.newLabel('null');
  b.branch('==', address, imm(0), end);
  b.assign(shown, b.alu('add', distanceInHeap(code, address), imm(8)));
  b.label(end);
  return shown;
}

/** Hands bytes to this CPU's ring; full rings count a drop. The consumer is woken only when the ring is half full. */
export function sendRecord(code: Code, at: Operand, size: V | Imm, sending: Sending): void {
  const { b } = code;
  const { urgent } = sending;
  code.usesRings = true;
  const sent = b.newLabel('sent');
  const lost = b.newLabel('lost');
  const counted = account(code, sending, sent, lost);
  const ring = currentRing(code);
  const flags = b.register();
  if (urgent) b.assign(flags, imm(FORCE_WAKEUP));
  else {
    const quiet = b.newLabel('quiet');
    b.assign(flags, imm(NO_WAKEUP));
    const waiting = b.helper('bpf_ringbuf_query', ring, imm(AVAILABLE_DATA));
    b.branch('<', waiting, imm(Math.floor(code.unit.ringBytes / 2)), quiet);
    b.assign(flags, imm(FORCE_WAKEUP));
    b.label(quiet);
  }
  const status = b.helper('bpf_ringbuf_output', ring, at, size, flags);
  b.branch('==', status, imm(0), sent);
  if (counted !== undefined) b.atomic('add', 8, counted.counter, 0, b.negate(counted.added));
  b.label(lost);
  code.drop('principal');
  b.label(sent);
}

interface Sending {
  /** The consumer is woken at once. */
  readonly urgent: boolean;
  /** What the record counts in a buffer; 0: it fits wherever the ring has room. */
  readonly charge: number;
  readonly speculation?: V | undefined;
}

/**
 * Counts the record in this CPU's buffer, and gives the counter and what was added to it. Where the buffer has no room for it, it is lost; a
 * buffer that is to be filled once is full from then on, and that is no loss.
 */
function account(
  code: Code,
  { charge, speculation }: Sending,
  sent: string,
  lost: string,
): { readonly counter: V; readonly added: V } | undefined {
  const { b, unit } = code;
  const { bufpolicy, bufsize } = unit.options;
  const filling = bufpolicy === 'fill';
  // The room that END needs to tell what was found is kept for it.
  if (charge === 0 || !unit.countsBuffers || (filling && code.isEnd)) return undefined;
  const ready = b.newLabel('room');
  const counter = b.move(code.ofCpu({ map: MAP.buffers, value: 0 }));
  const added = b.move(imm(charge));
  if (speculation !== undefined) {
    const counts = b.newLabel('counts');
    b.branch('==', speculation, imm(0), counts);
    b.assign(added, imm(0));
    b.label(counts);
  }
  b.branch('<=', b.alu('add', b.load(8, counter, 0), added), imm(bufsize), ready);
  if (filling) {
    b.store(8, counter, 0, imm(FULL));
    b.store(4, b.move({ map: MAP.state, value: STATE.filled }), 0, imm(1));
    b.jump(sent);
  } else b.jump(lost);
  b.label(ready);
  b.atomic('add', 8, counter, 0, added);
  return { counter, added };
}

/** The ring of the CPU that runs. */
export function currentRing(code: Code): V {
  return code.once('ring', () => (code.unit.separateRings ? chosenRing(code) : lookedUpRing(code)));
}

/** A search tree over the CPU's number. */
function chosenRing(code: Code): V {
  const { b } = code;
  const ring = b.register();
  const number = cpu(code);
  const chosen = b.newLabel('ring');
  const choose = (from: number, to: number): void => {
    if (from === to) {
      b.assign(ring, { map: ringName(from) });
      b.jump(chosen);
      return;
    }
    const middle = (from + to + 1) >>> 1;
    const upper = b.newLabel('upper');
    b.branch('>=', number, imm(middle), upper);
    choose(from, middle - 1);
    b.label(upper);
    choose(middle, to);
  };
  choose(0, code.unit.input.cpus - 1);
  b.label(chosen);
  return ring;
}

function lookedUpRing(code: Code): V {
  const { b } = code;
  const key = b.buffer(4);
  b.store(8, key, 0, cpu(code));
  const ring = b.helper('bpf_map_lookup_elem', { map: MAP.rings }, key);
  b.releaseBuffer(key);
  b.branch('==', ring, imm(0), code.done);
  return ring;
}
