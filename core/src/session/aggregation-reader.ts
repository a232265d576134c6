import { type BpfMap, possibleCpus } from 'ebpf-napi';
import type { AggregationSchema } from '../compiler/image.js';
import type { AggregationReader } from '../consumer/aggregation/state.js';

const FIRST_KEY = new Uint8Array(4);
const WORD = 8;

/** Reads aggregations out of their per-CPU maps. */
export class MapAggregationReader implements AggregationReader {
  constructor(readonly map: (name: string) => BpfMap) {}

  read(
    schema: AggregationSchema,
    each: (key: Uint8Array, words: BigInt64Array<ArrayBufferLike>, cpu: number) => void,
  ): void {
    const map = this.map(schema.map);
    const { keys, values, count } = map.entries();
    const stride = map.valueStride;
    const slot = stride / possibleCpus();
    for (let entry = 0; entry < count; entry++) {
      const key = keys.subarray(entry * map.keySize, (entry + 1) * map.keySize);
      for (let cpu = 0; cpu * slot < stride; cpu++) {
        const words = new BigInt64Array(
          values.buffer,
          values.byteOffset + entry * stride + cpu * slot,
          slot / WORD,
        );
        if (words[0] !== 0n) each(key, words, cpu);
      }
    }
  }

  forget(schema: AggregationSchema, keys?: readonly Uint8Array[]): void {
    const map = this.map(schema.map);
    if (schema.scalar) {
      map.update(FIRST_KEY, new Uint8Array(map.valueStride));
      return;
    }
    if (keys === undefined) {
      map.lookupAndDeleteAll();
      return;
    }
    for (const key of keys) map.delete(key);
  }
}
