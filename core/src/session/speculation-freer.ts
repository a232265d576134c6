import { SPECULATION_ENTRY, SPECULATIONS } from '../compiler/image.js';
import type { LoadedImage } from './loading.js';

/** Tells programs that a speculation is free again; undefined where the program has none. */
export function speculationFreer(loaded: LoadedImage): ((id: number) => void) | undefined {
  const map = loaded.maps.get(SPECULATIONS);
  if (map === undefined) return undefined;
  const bytes = map.mmap();
  const words = new BigInt64Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 8));
  return (id) => {
    const entry = ((id - 1) * SPECULATION_ENTRY.size) / 8;
    Atomics.store(words, entry + SPECULATION_ENTRY.used / 8, 0n);
    Atomics.store(words, entry + SPECULATION_ENTRY.state / 8, 0n);
  };
}
