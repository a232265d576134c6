import { u64 } from './elf-file.js';

const SYMBOL = 24;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
const STB_LOCAL = 0;

/** Functions of a file by ascending address, in typed arrays; `names` are offsets into `strings`. */
export interface FunctionTable {
  readonly addresses: Float64Array;
  readonly sizes: Float64Array;
  readonly names: Uint32Array;
  readonly strings: Buffer;
}

/** A symbol table as it lies in a file, with the strings it refers to. */
export interface SymbolTable {
  readonly symbols: Buffer;
  readonly strings: Buffer;
}

const UNDERSCORE = 0x5f;
const MOST_UNDERSCORES = 3;
const LOCAL = MOST_UNDERSCORES + 1;

/** How little a name is what people call the function: `malloc` comes before `__libc_malloc`, and both before a local one. */
function rank(binding: number, strings: Buffer, name: number): number {
  let underscores = 0;
  while (underscores < MOST_UNDERSCORES && strings[name + underscores] === UNDERSCORE) underscores++;
  return (binding === STB_LOCAL ? LOCAL : 0) + underscores;
}

/** The functions of symbol tables that complement each other. */
export function functionTable(tables: readonly SymbolTable[]): FunctionTable {
  const most = tables.reduce((sum, { symbols }) => sum + Math.floor(symbols.length / SYMBOL), 0);
  const addresses = new Float64Array(most);
  const sizes = new Float64Array(most);
  const names = new Uint32Array(most);
  const ranks = new Uint8Array(most);
  let count = 0;
  let base = 0;
  for (const { symbols, strings } of tables) {
    for (let at = 0; at + SYMBOL <= symbols.length; at += SYMBOL) {
      const info = symbols[at + 4] as number;
      const type = info & 15;
      if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || symbols.readUInt16LE(at + 6) === SHN_UNDEF)
        continue;
      addresses[count] = u64(symbols, at + 8);
      sizes[count] = u64(symbols, at + 16);
      const name = symbols.readUInt32LE(at);
      names[count] = base + name;
      ranks[count++] = rank(info >> 4, strings, name);
    }
    base += strings.length;
  }
  // Of several names for one address the first is taken.
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) =>
      (addresses[a] as number) - (addresses[b] as number) ||
      (ranks[a] as number) - (ranks[b] as number) ||
      a - b,
  );
  return {
    addresses: Float64Array.from(order, (i) => addresses[i] as number),
    sizes: Float64Array.from(order, (i) => sizes[i] as number),
    names: Uint32Array.from(order, (i) => names[i] as number),
    strings: Buffer.concat(tables.map(({ strings }) => strings)),
  };
}

/** The address of a variable by its symbol's name without its version. */
export function objectAddress(tables: readonly SymbolTable[], name: string): number | undefined {
  for (const { symbols, strings } of tables) {
    const wanted = (at: number) => {
      const text = strings.toString('latin1', at, at + name.length + 1);
      return text === `${name}\0` || text === `${name}@`;
    };
    for (let at = 0; at + SYMBOL <= symbols.length; at += SYMBOL) {
      const isObject = ((symbols[at + 4] as number) & 15) === STT_OBJECT;
      if (isObject && symbols.readUInt16LE(at + 6) !== SHN_UNDEF && wanted(symbols.readUInt32LE(at)))
        return u64(symbols, at + 8);
    }
  }
  return undefined;
}

/** The name of a function without its version (`malloc@@GLIBC_2.2.5`). */
export function functionName({ names, strings }: FunctionTable, index: number): string {
  const start = names[index] as number;
  const end = strings.indexOf(0, start);
  return strings.toString('latin1', start, end < 0 ? strings.length : end).replace(/@.*$/, '');
}
