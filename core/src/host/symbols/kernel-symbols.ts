/** A name and how far behind it an address lies. */
export interface SymbolAt {
  readonly module: string;
  /** undefined: the address is in the module, and no symbol covers it. */
  readonly name: string | undefined;
  readonly offset: bigint;
}

export interface KernelSymbol {
  readonly name: string;
  readonly module: string;
  /** 0 when the kernel hides addresses. */
  readonly address: bigint;
  /** A variable, not a function. */
  readonly variable: boolean;
}

export interface KernelSymbols {
  find(name: string, module?: string): KernelSymbol | undefined;
  at(address: bigint): SymbolAt | undefined;
  /** Bytes from an address to the next symbol: as large as what lies there can be. */
  room(address: bigint): bigint | undefined;
  has(name: string): boolean;
  /** All symbols with these names, in the kernel's order. */
  named(names: ReadonlySet<string>): Iterable<KernelSymbol>;
  /** Whether the kernel tells addresses (CAP_SYSLOG, kptr_restrict). */
  readonly addresses: boolean;
  /** All of them, in the kernel's order. */
  [Symbol.iterator](): Iterator<KernelSymbol>;
}

const KERNEL = 'vmlinux';
/** Kernel addresses as distances from here fit a double exactly. */
const BASE = 0xffff000000000000n;
const NEWLINE = 10;
/** Letters of the symbol types that are data, initialised or not, read-only or not. */
const VARIABLE_TYPES = new Set(Array.from('bdgrs', (letter) => letter.charCodeAt(0)));
const SPACE = 32;
const TAB = 9;

interface Table {
  readonly text: Buffer;
  /** Byte where each line starts, in file order. */
  readonly lines: Uint32Array;
  readonly addresses: boolean;
}

function hexAt(text: Buffer, from: number, to: number): bigint {
  return BigInt(`0x${text.toString('latin1', from, to)}`);
}

function nameAt(text: Buffer, start: number): string {
  const from = text.indexOf(SPACE, start) + 3;
  let to = from;
  while (to < text.length && text[to] !== NEWLINE && text[to] !== TAB) to++;
  return text.toString('latin1', from, to);
}

/** Lines are `address type name` with `\t[module]` after modules' symbols. */
function parseLine(text: Buffer, start: number): KernelSymbol & { readonly global: boolean } {
  let end = text.indexOf(NEWLINE, start);
  if (end < 0) end = text.length;
  const space = text.indexOf(SPACE, start);
  const tab = text.subarray(space, end).indexOf(TAB);
  const nameEnd = tab < 0 ? end : space + tab;
  return {
    address: hexAt(text, start, space),
    global: (text[space + 1] as number) < 97,
    variable: VARIABLE_TYPES.has((text[space + 1] as number) | 32),
    name: text.toString('latin1', space + 3, nameEnd),
    module: tab < 0 ? KERNEL : text.toString('latin1', nameEnd + 1, end).replace(/^\[|\]$/g, ''),
  };
}

/** kallsyms as two typed arrays over its text: 100,000 and more symbols, none of them an object. */
export class Kallsyms implements KernelSymbols {
  readonly #read: () => Buffer;
  #table: Table | undefined;
  #sorted: { readonly keys: Float64Array; readonly lines: Uint32Array } | undefined;

  constructor(read: () => Buffer) {
    this.#read = read;
  }

  get addresses(): boolean {
    return this.#load().addresses;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  find(name: string, module?: string): KernelSymbol | undefined {
    const { text } = this.#load();
    const wanted = Buffer.from(` ${name}`, 'latin1');
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      const after = text[at + wanted.length];
      if (after !== NEWLINE && after !== TAB && after !== undefined) continue;
      const symbol = parseLine(text, text.lastIndexOf(NEWLINE, at) + 1);
      if (module === undefined || symbol.module === module) return symbol;
    }
    return undefined;
  }

  at(address: bigint): SymbolAt | undefined {
    const found = this.#behind(address);
    if (!found || found.next === 0) return undefined;
    const symbol = bestOf(this.#load().text, found.keys, found.lines, found.next - 1);
    return { module: symbol.module, name: symbol.name, offset: address - symbol.address };
  }

  room(address: bigint): bigint | undefined {
    const found = this.#behind(address);
    const next = found?.keys[found.next];
    return next === undefined ? undefined : BigInt(next) + BASE - address;
  }

  /** Symbols by address, and the first that lies behind one. */
  #behind(address: bigint): { keys: Float64Array; lines: Uint32Array; next: number } | undefined {
    const table = this.#load();
    if (!table.addresses || address < BASE) return undefined;
    this.#sorted ??= sortByAddress(table);
    const { keys, lines } = this.#sorted;
    const wanted = Number(address - BASE);
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] as number) <= wanted) low = middle + 1;
      else high = middle;
    }
    return { keys, lines, next: low };
  }

  *named(names: ReadonlySet<string>): Generator<KernelSymbol> {
    const { text, lines } = this.#load();
    for (const start of lines) if (names.has(nameAt(text, start))) yield parseLine(text, start);
  }

  *[Symbol.iterator](): Generator<KernelSymbol> {
    const { text, lines } = this.#load();
    for (const start of lines) yield parseLine(text, start);
  }

  #load(): Table {
    this.#table ??= indexLines(this.#read());
    return this.#table;
  }
}

function indexLines(text: Buffer): Table {
  const starts = new Uint32Array(Math.ceil(text.length / 20) + 1);
  let count = 0;
  let addresses = false;
  for (let at = 0; at < text.length; ) {
    starts[count++] = at;
    if (!addresses && text[at] !== 0x30) addresses = true;
    const end = text.indexOf(NEWLINE, at);
    if (end < 0) break;
    at = end + 1;
  }
  return { text, lines: starts.slice(0, count), addresses };
}

const digit = (byte: number): number => (byte <= 57 ? byte - 48 : (byte | 32) - 87);

function sortByAddress({ text, lines }: Table): { keys: Float64Array; lines: Uint32Array } {
  const keys = new Float64Array(lines.length);
  const kept = new Uint32Array(lines.length);
  let count = 0;
  let ordered = true;
  for (const start of lines) {
    // ffff at the front is what `BASE` takes away; anything else is a per-CPU offset, not an address.
    if (text.readUInt32LE(start) !== 0x66666666) continue;
    let key = 0;
    for (let at = start + 4; at < start + 16; at++) key = key * 16 + digit(text[at] as number);
    if (count > 0 && key < (keys[count - 1] as number)) ordered = false;
    keys[count] = key;
    kept[count++] = start;
  }
  if (ordered) return { keys: keys.subarray(0, count), lines: kept.subarray(0, count) };
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (keys[a] as number) - (keys[b] as number) || a - b,
  );
  return {
    keys: Float64Array.from(order, (i) => keys[i] as number),
    lines: Uint32Array.from(order, (i) => kept[i] as number),
  };
}

/** Of several names for one address, the global one without leading underscores is the one people know. */
function bestOf(text: Buffer, keys: Float64Array, lines: Uint32Array, last: number): KernelSymbol {
  let best: KernelSymbol | undefined;
  let bestRank = -1;
  for (let i = last; i >= 0 && keys[i] === keys[last]; i--) {
    const symbol = parseLine(text, lines[i] as number);
    const rank = (symbol.global ? 2 : 0) + (symbol.name.startsWith('_') ? 0 : 1);
    if (rank >= bestRank) {
      best = symbol;
      bestRank = rank;
    }
  }
  return best as KernelSymbol;
}
