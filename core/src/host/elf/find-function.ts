import type { ElfFile, FunctionTable } from './elf-file.js';

/** Where a byte of the file lies in the file's own address space. */
export function addressOf(elf: ElfFile, fileOffset: number): number | undefined {
  const segment = elf.segments.find(
    ({ offset, fileSize }) => fileOffset >= offset && fileOffset < offset + fileSize,
  );
  return segment && fileOffset - segment.offset + segment.address;
}

function nameOf(table: FunctionTable, index: number): string {
  const start = table.names[index] as number;
  const end = table.strings.indexOf(0, start);
  return table.strings.toString('latin1', start, end < 0 ? table.strings.length : end).replace(/@.*$/, '');
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
  return { name: nameOf(table, index), offset: address - start };
}
