/** The maps of aggregations, and how many keys they have room for. */
import type { MapImage } from './image.js';

export const MEGABYTE = 2 ** 20;
/** Memory the kernel takes for an entry of a hash beside key and value. */
export const ENTRY_COST = 64;
const MOST_ENTRIES = 2 ** 20;
const USUAL_BYTES = 4 * MEGABYTE;

/** Entries that an option's bytes are enough for; where none are said, a usual number. */
export function entries(bytes: number | undefined, charge: number, usual: number): number {
  const count = bytes === undefined ? Math.max(64, usual) : bytes / charge;
  return Math.floor(Math.min(MOST_ENTRIES, count));
}

interface Shape {
  readonly scalar: boolean;
  readonly keySize: number;
  readonly words: number;
  /** Bytes that a key with its value counts. */
  readonly charge: number;
}

/** Aggregations that name the same map have one shape and share it. */
export class AggregationMaps {
  private readonly maps = new Map<string, { readonly shape: Shape; users: number }>();

  constructor(private readonly aggsize: number | undefined) {}

  /** The number of the aggregation among those of the map. */
  add(name: string, shape: Shape): number {
    const map = this.maps.get(name);
    if (map === undefined) {
      this.maps.set(name, { shape, users: 1 });
      return 0;
    }
    return map.users++;
  }

  all(): MapImage[] {
    return [...this.maps].map(([name, { shape, users }]) => {
      const { scalar, keySize, words, charge } = shape;
      const valueSize = words * 8;
      const most = entries(this.aggsize, charge, USUAL_BYTES / (keySize + valueSize + ENTRY_COST));
      return {
        name,
        type: scalar ? 'percpu_array' : 'percpu_hash',
        keySize: scalar ? 4 : keySize,
        valueSize,
        maxEntries: scalar ? Math.min(users, most) : most,
      };
    });
  }
}
