import type { AggregationSchema, TraceImage } from '../compiler/image.js';
import type { AggregationReader } from '../consumer/aggregation/state.js';

/**
 * Aggregations keyed by user addresses are read at the end, when the processes may be gone and with them the names
 * of their addresses. So now and then their keys are looked through for processes not seen before.
 */
export class UserKeys {
  readonly #aggregations: readonly {
    readonly schema: AggregationSchema;
    readonly offsets: readonly number[];
  }[];

  constructor(image: TraceImage) {
    this.#aggregations = image.aggregations.flatMap((schema) => {
      const fields = schema.keys.filter(({ kind }) => kind === 'ustack' || kind === 'user-symbol');
      return fields.length === 0 ? [] : [{ schema, offsets: fields.map(({ offset }) => offset) }];
    });
  }

  /** The processes that keys name now. */
  processes(reader: AggregationReader): ReadonlySet<number> {
    const tgids = new Set<number>();
    for (const { schema, offsets } of this.#aggregations) {
      reader.read(schema, (key) => {
        const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
        for (const offset of offsets) tgids.add(view.getUint32(offset, true));
      });
    }
    return tgids;
  }
}
