import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeBatches, RingBatch } from '../../src/consumer/index.js';

function batch(cpu: number, times: readonly number[]): RingBatch {
  const view = new DataView(new ArrayBuffer(16 * times.length + 16));
  const made = new RingBatch(view, cpu);
  for (const [index, time] of times.entries()) {
    view.setBigUint64(16 * index + 8, BigInt(time), true);
    made.push(16 * index, 16);
  }
  return made;
}

function merged(batches: readonly RingBatch[], horizon: number): [cpu: number, time: number][] {
  const seen: [number, number][] = [];
  mergeBatches(batches, horizon, (view, offset, length, cpu) => {
    expect(length).toBe(16);
    seen.push([cpu, Number(view.getBigUint64(offset + 8, true))]);
  });
  return seen;
}

describe('merging rings', () => {
  it('delivers up to the horizon and goes on from there', () => {
    const batches = [batch(0, [1, 4, 9]), batch(1, [2, 3, 8]), batch(2, [])];
    expect(merged(batches, 4)).toEqual([
      [0, 1],
      [1, 2],
      [1, 3],
      [0, 4],
    ]);
    expect(batches.map(({ delivered }) => delivered)).toEqual([2, 2, 0]);
    expect(merged(batches, Number.POSITIVE_INFINITY)).toEqual([
      [1, 8],
      [0, 9],
    ]);
  });

  it('keeps each ring in its own order and all rings in order of time', () => {
    const ring = fc.array(fc.nat(1000), { maxLength: 600 }).map((times) => times.sort((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(ring, { maxLength: 9 }), fc.nat(1000), (rings, horizon) => {
        const batches = rings.map((times, cpu) => batch(cpu, times));
        const times = merged(batches, horizon).map(([, time]) => time);
        const expected = rings.flat().filter((time) => time <= horizon);
        expect(times).toEqual(expected.sort((a, b) => a - b));
      }),
    );
  });
});
