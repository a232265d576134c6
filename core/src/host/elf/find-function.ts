import type { ElfFile } from './elf-file.js';
import { type FunctionTable, functionName } from './function-table.js';

/** Where a byte of the file lies in the file's own address space. */
export function addressOf(elf: ElfFile, fileOffset: number): number | undefined {
  const segment = elf.segments.find(
    ({ offset, fileSize }) => fileOffset >= offset && fileOffset < offset + fileSize,
  );
  return segment && fileOffset - segment.offset + segment.address;
}

/** The number of a function by its name. */
export function functionIndex(table: FunctionTable, name: string): number | undefined {
  const index = table.addresses.findIndex((_, i) => functionName(table, i) === name);
  return index < 0 ? undefined : index;
}

/** The function that covers an address. Functions without a size (assembly) reach to the next one. */
export function functionAt(
  table: FunctionTable,
  address: number,
): { readonly name: string; readonly offset: number } | undefined {
  const { addresses, sizes } = table;
  let low = 0;
  let high = addresses.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((addresses[middle] as number) <= address) low = middle + 1;
    else high = middle;
  }
  let index = low - 1;
  if (index < 0) return undefined;
  const start = addresses[index] as number;
  while (index > 0 && addresses[index - 1] === start) index--;
  const size = sizes[index] as number;
  if (size > 0 && address >= start + size) return undefined;
  return { name: functionName(table, index), offset: address - start };
}
