import type { MapImage } from '../image.js';
import { INTERPRETER, SCRIPT_MAP, SCRIPT_NAME } from './layout.js';

/** The maps of programs that look for frames of scripts. */
export const scriptMaps: readonly MapImage[] = [
  {
    name: SCRIPT_MAP.interpreters,
    type: 'hash',
    keySize: 4,
    valueSize: INTERPRETER.size,
    maxEntries: INTERPRETER.most,
  },
  {
    name: SCRIPT_MAP.names,
    type: 'hash',
    keySize: SCRIPT_NAME.keySize,
    valueSize: SCRIPT_NAME.size,
    maxEntries: SCRIPT_NAME.most,
  },
];
