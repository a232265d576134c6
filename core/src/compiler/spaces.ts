import type { Expr } from '../language/checked.js';
import { resolve, spaceOf } from '../language/types/queries.js';

const BY_ADDRESS: ReadonlySet<string> = new Set(['struct', 'union', 'array', 'float']);

/** Whether an address, or the bytes that a record or an array stands for, lie in the process's memory. */
export function isUserMemory(value: Expr): boolean {
  const bytes = value.kind === 'load' && BY_ADDRESS.has(resolve(value.type).kind);
  return spaceOf(bytes ? value.address.type : value.type) === 'user';
}
