/** `@name[keys] = function(value)`: find or make this CPU's value, then update it in place. */
import type { AggregateStmt, AggregatingFunction } from '../language/checked.js';
import { llquantizeBuckets } from '../language/llquantize.js';
import { lquantizeBuckets, quantizeZero } from '../language/quantize.js';
import type { Code } from './code.js';
import { evaluate, inRegister, type Scalar } from './expression.js';
import type { AggregationSchema } from './image.js';
import { imm, type V } from './ir/ir.js';
import { buildKey } from './keys.js';
import { MAP } from './unit.js';

/** `value`: the D value; `slot`: pointer to this CPU's words; `weight`: increment of a bucket. */
type Update = (code: Code, slot: V, value: V, weight: Scalar, parameters: readonly bigint[]) => void;

export function aggregate(code: Code, stmt: AggregateStmt): void {
  const { b } = code;
  const schema = code.unit.aggregation(stmt.aggregation);
  const value = stmt.value ? inRegister(code, evaluate(code, stmt.value)) : b.constant(0);
  const weight = stmt.weight ? inRegister(code, evaluate(code, stmt.weight)) : imm(1);
  const end = b.newLabel('aggregated');
  const known = schema.scalar ? arraySlot(code, schema) : undefined;
  code.region(() => {
    const slot = known ?? findSlot(code, stmt, schema, end);
    increment(code, slot, 0, imm(1));
    UPDATES[schema.function](code, slot, value, weight, schema.parameters);
  });
  b.label(end);
}

/** The value of an aggregation without keys: looked up once for all statements that follow each other. */
function arraySlot(code: Code, schema: AggregationSchema): V {
  const { b } = code;
  return code.once(`${schema.map}[${schema.slot}]`, () => {
    const key = b.buffer(4);
    b.store(8, key, 0, imm(schema.slot));
    const slot = b.helper('bpf_map_lookup_elem', { map: schema.map }, key);
    b.releaseBuffer(key);
    // Every place of an array has a value.
    b.branch('==', slot, imm(0), code.done);
    return slot;
  });
}

function findSlot(code: Code, stmt: AggregateStmt, schema: AggregationSchema, end: string): V {
  const { b } = code;
  const { tag } = schema;
  const prefix = tag === undefined ? undefined : () => b.constant(tag);
  const key = buildKey(code, schema.keys, schema.keySize, stmt.keys, prefix);
  const slot = b.move(b.helper('bpf_map_lookup_elem', { map: schema.map }, key.at));
  const found = b.newLabel('found');
  const lost = b.newLabel('lost');
  b.branch('!=', slot, imm(0), found);
  // Another CPU may have made the key in between: that is as good.
  b.helper('bpf_map_update_elem', { map: schema.map }, key.at, { map: MAP.zeros, value: 0 }, imm(1));
  b.assign(slot, b.helper('bpf_map_lookup_elem', { map: schema.map }, key.at));
  b.branch('!=', slot, imm(0), found);
  b.label(lost);
  code.drop('aggregation');
  b.jump(end);
  b.label(found);
  key.release();
  return slot;
}

function increment(code: Code, slot: V, word: number, by: Scalar): void {
  code.b.store(8, slot, word * 8, code.b.alu('add', code.b.load(8, slot, word * 8), by));
}

/** Adds to a bucket whose number is computed; `index` is within the value by construction. */
function incrementAt(code: Code, slot: V, index: V, weight: Scalar): void {
  const { b } = code;
  const bucket = b.alu('add', slot, b.alu('lsh', index, imm(3)));
  b.store(8, bucket, 8, b.alu('add', b.load(8, bucket, 8), weight));
}

const sum: Update = (code, slot, value) => increment(code, slot, 1, value);

/** Word 1 is taken over when it is the first value or a more extreme one. */
function extreme(beats: 's<' | 's>'): Update {
  return (code, slot, value) => {
    const { b } = code;
    const take = b.newLabel('take');
    const keep = b.newLabel('keep');
    b.branch('==', b.load(8, slot, 0), imm(1), take);
    b.branch(beats, value, b.load(8, slot, 8), take);
    b.jump(keep);
    b.label(take);
    b.store(8, slot, 8, value);
    b.label(keep);
  };
}

/** Sum of squares in 128 bits: words 2 (low) and 3 (high). */
const stddev: Update = (code, slot, value) => {
  const { b } = code;
  increment(code, slot, 1, value);
  const magnitude = b.move(value);
  const positive = b.newLabel('magnitude');
  b.branch('s>=', magnitude, imm(0), positive);
  b.assign(magnitude, b.negate(magnitude));
  b.label(positive);
  // (h·2³² + l)² = h²·2⁶⁴ + 2hl·2³² + l²
  const high = b.alu('rsh', magnitude, imm(32));
  const low = b.alu('and', magnitude, imm(0xffffffffn));
  const cross = b.alu('mul', high, low);
  addWide(code, slot, b.alu('mul', low, low), b.alu('mul', high, high));
  addWide(code, slot, b.alu('lsh', cross, imm(33)), b.alu('rsh', cross, imm(31)));
};

function addWide(code: Code, slot: V, low: V, high: V): void {
  const { b } = code;
  const sumLow = b.alu('add', b.load(8, slot, 16), low);
  const sumHigh = b.move(b.alu('add', b.load(8, slot, 24), high));
  const noCarry = b.newLabel('carry');
  b.branch('>=', sumLow, low, noCarry);
  b.update('add', sumHigh, imm(1));
  b.label(noCarry);
  b.store(8, slot, 16, sumLow);
  b.store(8, slot, 24, sumHigh);
}

/** 1 for what is not 0. */
function isSet(code: Code, value: V): V {
  const { b } = code;
  return b.alu('rsh', b.alu('or', value, b.negate(value)), imm(63));
}

/** Words of quantize()'s value: the number of updates and 127 buckets. */
const QUANTIZE_WORDS = 128;

/**
 * Power-of-two buckets: the logarithm by halving the range. Without a branch, of which a program may have some thousands
 * altogether.
 */
const quantize: Update = (code, slot, value, weight) => {
  const { b } = code;
  const sign = b.alu('arsh', value, imm(63));
  const magnitude = b.alu('sub', b.alu('xor', value, sign), sign);
  const rest = b.move(magnitude);
  // One more than the logarithm, and 0 for 0.
  const distance = b.move(isSet(code, magnitude));
  for (const power of [5, 4, 3, 2, 1, 0]) {
    const upper = b.alu('rsh', rest, imm(2 ** power));
    const step = b.alu('lsh', isSet(code, upper), imm(power));
    b.assign(rest, b.alu('rsh', rest, step));
    b.update('add', distance, step);
  }
  // -2^63 alone has logarithm 63; it counts with the outermost bucket.
  b.assign(distance, b.alu('sub', distance, b.alu('rsh', distance, imm(6))));
  const signed = b.alu('sub', b.alu('xor', distance, sign), sign);
  // In the value by construction; the verifier wants to see it.
  const word = b.alu('and', b.alu('add', signed, imm(quantizeZero + 1)), imm(QUANTIZE_WORDS - 1));
  const bucket = b.alu('add', slot, b.alu('lsh', word, imm(3)));
  b.store(8, bucket, 0, b.alu('add', b.load(8, bucket, 0), weight));
};

const lquantize: Update = (code, slot, value, weight, [base = 0n, limit = 0n, step = 1n]) => {
  const { b } = code;
  const { levels } = lquantizeBuckets(base, limit, step);
  const index = b.constant(0);
  const done = b.newLabel('bucket');
  const over = b.newLabel('over');
  b.branch('s<', value, imm(base), done);
  b.assign(index, imm(levels + 1));
  b.branch('s>=', value, imm(base + BigInt(levels) * step), done);
  b.assign(index, b.alu('add', b.alu('div', b.alu('sub', value, imm(base)), imm(step)), imm(1)));
  // True already; the verifier wants to see it.
  b.branch('<=', index, imm(levels + 1), done);
  b.label(over);
  b.assign(index, imm(levels + 1));
  b.label(done);
  incrementAt(code, slot, index, weight);
};

/** A search tree over the bucket bounds, written out as branches. */
const llquantize: Update = (code, slot, value, weight, [factor = 2n, low = 0n, high = 0n, steps = 1n]) => {
  const { b } = code;
  const { bounds, zero } = llquantizeBuckets(factor, low, high, steps);
  const distance = b.constant(0);
  const found = b.newLabel('found');
  const magnitude = b.move(value);
  const positive = b.newLabel('magnitude');
  b.branch('s>=', magnitude, imm(0), positive);
  b.assign(magnitude, b.negate(magnitude));
  b.label(positive);
  const search = (from: number, to: number): void => {
    if (from === to) {
      b.assign(distance, imm(from));
      b.jump(found);
      return;
    }
    const middle = (from + to) >>> 1;
    const right = b.newLabel('above');
    b.branch('>=', magnitude, imm(bounds[middle]!), right);
    search(from, middle);
    b.label(right);
    search(middle + 1, to);
  };
  search(0, bounds.length);
  b.label(found);
  const index = b.alu('add', distance, imm(zero));
  const ready = b.newLabel('bucket');
  b.branch('s>=', value, imm(0), ready);
  b.assign(index, b.alu('sub', b.constant(zero), distance));
  b.label(ready);
  incrementAt(code, slot, index, weight);
};

const UPDATES: Readonly<Record<AggregatingFunction, Update>> = {
  count: () => {},
  sum,
  avg: sum,
  min: extreme('s<'),
  max: extreme('s>'),
  stddev,
  quantize,
  lquantize,
  llquantize,
};
