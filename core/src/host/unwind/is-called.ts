import { unwindArchitectures } from './architecture.js';
import type { UnwindRule } from './rules.js';
import type { UnwindTable } from './table.js';

/** What holds at an address of the file; undefined where the table says nothing. */
function ruleAt({ base, pcs, rules, distinct }: UnwindTable, address: number): UnwindRule | undefined {
  let low = 0;
  let high = pcs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pcs[middle] as number) <= address - base) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? undefined : distinct[rules[low - 1] as number];
}

/**
 * Whether the code at an address is entered by a call: its caller's address is where calls leave it. Not so for a program's
 * first instruction, what resolves symbols, and returns from signal handlers; false where nothing is said.
 */
export function isCalled(table: UnwindTable, machine: number, address: number): boolean {
  const arch = unwindArchitectures.get(machine);
  const rule = ruleAt(table, address);
  if (arch === undefined || rule?.frame !== 'base' || rule.signal) return false;
  if (rule.base !== arch.words[arch.stackPointer]) return false;
  const { returnAddress, offset } = rule;
  return returnAddress.in === 'register' ? offset === 0 : returnAddress.in === 'frame' && offset === 8;
}
