import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The native part; `native/module.c` documents each function. */
export interface Addon {
  file(name: string): number;
  map(fd: number, offset: number, length: number, code: boolean): ArrayBuffer | number;
  unmap(buffer: ArrayBuffer): void;
  fire(code: ArrayBuffer, entry: number, words: BigInt64Array, texts: readonly (number | Uint8Array)[]): void;
}

const FILE = 'node_provider.node';
const PLACES = [`../prebuilds/linux-${process.arch}/${FILE}`, `../build/${FILE}`];

/** undefined: there is none for this system or machine. */
export function loadAddon(): Addon | undefined {
  if (process.platform !== 'linux') return undefined;
  const files = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const module = { exports: {} };
  process.dlopen(module, found);
  return module.exports as Addon;
}
