import { BtfBuilder } from '../btf/writer.js';
import { loadBtf } from '../btf-load.js';
import { runSync } from '../syscall.js';

export interface StorageBtf {
  readonly fd: number;
  readonly key: number;
  readonly value: number;
}

/** Local storage maps must describe their key (an int) and value; the value is described as an array of bytes. */
export function loadStorageBtf(name: string, valueSize: number): StorageBtf {
  const btf = new BtfBuilder();
  const key = btf.int('int', 4, true);
  const element = btf.int('char', 1, true);
  const value = btf.add({ kind: 'array', name: '', element, index: key, length: valueSize });
  return { fd: runSync(loadBtf(btf.build(), `describe map '${name}'`)), key, value };
}
