import { type BpfMap, possibleCpus } from 'ebpf-napi';
import type { AggregationSchema } from '../compiler/image.js';
import type { AggregationReader } from '../consumer/aggregation/state.js';

const WORD = 8;

const slotKey = (slot: number): Uint8Array => new Uint8Array(Uint32Array.of(slot).buffer);

/** Whether an entry of a map is the aggregation's: others may share it. */
function isOf({ scalar, slot, tag }: AggregationSchema, key: Uint8Array): boolean {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  if (scalar) return view.getUint32(0, true) === slot;
  return tag === undefined || view.getUint32(0, true) === tag;
}

function ownKeys(map: BpfMap, schema: AggregationSchema): Uint8Array[] {
  const { keys, count } = map.entries();
  const all = Array.from({ length: count }, (_, i) => keys.subarray(i * map.keySize, (i + 1) * map.keySize));
  return all.filter((key) => isOf(schema, key));
}

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
      if (!isOf(schema, key)) continue;
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
      map.update(slotKey(schema.slot), new Uint8Array(map.valueStride));
      return;
    }
    if (keys === undefined && schema.tag === undefined) {
      map.lookupAndDeleteAll();
      return;
    }
    for (const key of keys ?? ownKeys(map, schema)) map.delete(key);
  }
}
