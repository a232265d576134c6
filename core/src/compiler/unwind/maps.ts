import type { MapImage } from '../image.js';
import { CHUNK, PROCESS, RULE, STRETCH, UNWIND_MAP } from './layout.js';

const table = (name: string, valueSize: number): MapImage => ({
  name,
  type: 'array',
  keySize: 4,
  valueSize,
  maxEntries: 1,
  mmapable: true,
});

/** The maps of programs that walk user stacks. */
export const unwindMaps: readonly MapImage[] = [
  {
    name: UNWIND_MAP.processes,
    type: 'hash',
    keySize: 4,
    valueSize: PROCESS.size,
    maxEntries: PROCESS.most,
  },
  table(UNWIND_MAP.stretches, STRETCH.most * STRETCH.size),
  table(UNWIND_MAP.rules, RULE.most * RULE.size),
  {
    name: UNWIND_MAP.chunks,
    type: 'growing_array',
    keySize: 4,
    valueSize: CHUNK.size,
    maxEntries: CHUNK.most,
  },
];
