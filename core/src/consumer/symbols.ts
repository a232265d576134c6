/** Addresses as text, the way stacks, %a, sym() and their relatives print them. */
import type { StackValue, SymbolValue } from './values.js';

export interface ResolvedSymbol {
  readonly module: string;
  /** Empty when only the module is known. */
  readonly symbol: string;
  /** Distance of the address from the symbol's start. */
  readonly offset: bigint | number;
  /** The distance is from the start of the module: names of its symbols are not wanted. */
  readonly nameless?: boolean;
}

export interface SymbolResolver {
  kernel(address: bigint): ResolvedSymbol | undefined;
  /** Functions have the names of their sources. */
  user(tgid: number, address: bigint): ResolvedSymbol | undefined;
  /** As `user`, by the names that symbols have. Absent: as `user` has it. */
  userSymbol?(tgid: number, address: bigint): ResolvedSymbol | undefined;
  /** The file a user address is in, and the place there. Absent: as `user` has it. */
  userFile?(tgid: number, address: bigint): ResolvedSymbol | undefined;
  /** The service that has a port, and the machine that has an address. */
  service?(port: number): string | undefined;
  host?(address: string): string | undefined;
}

/** What user addresses are printed as: names, those of symbols (-x mangled), or places in files (-x noresolve). */
export function namesFor(
  symbols: SymbolResolver,
  { noresolve, mangled }: { readonly noresolve: boolean; readonly mangled: boolean },
): SymbolResolver {
  const user = noresolve ? symbols.userFile : mangled ? symbols.userSymbol : undefined;
  return user === undefined ? symbols : { ...symbols, user };
}

export const noSymbols: SymbolResolver = { kernel: () => undefined, user: () => undefined };

/** `module`symbol+0x1f`, or as much of it as is known. */
export function addressText(symbols: SymbolResolver, address: bigint, tgid?: number): string {
  const found = resolve(symbols, address, tgid);
  if (!found?.symbol) return located(found, address);
  const name = qualified(found);
  return Number(found.offset) === 0 ? name : `${name}+0x${found.offset.toString(16)}`;
}

/** The value of sym(), mod(), usym(), umod(), uaddr() … */
export function symbolText(symbols: SymbolResolver, value: SymbolValue): string {
  const { address, tgid, display } = value;
  if (display === 'address') return addressText(symbols, address, tgid);
  const found = resolve(symbols, address, tgid);
  if (display === 'module') return found?.module ?? `0x${address.toString(16)}`;
  return found?.symbol ? qualified(found) : located(found, address);
}

/** The symbol's own address, so that keys from different places in a function meet. */
export function symbolStart(symbols: SymbolResolver, value: SymbolValue): SymbolValue {
  if (value.display !== 'symbol') return value;
  const found = resolve(symbols, value.address, value.tgid);
  return found?.symbol ? { ...value, address: value.address - BigInt(found.offset) } : value;
}

/** One line per frame, each indented and ended; the first line is empty. */
export function stackText(
  symbols: SymbolResolver,
  stack: StackValue,
  indent: number,
  frameText: (frame: string) => string = (frame) => frame,
): string {
  const margin = ' '.repeat(indent);
  let text = '\n';
  for (const address of stack.frames) {
    text += `${margin}${frameText(addressText(symbols, address, stack.tgid))}\n`;
  }
  return text;
}

function resolve(
  symbols: SymbolResolver,
  address: bigint,
  tgid: number | undefined,
): ResolvedSymbol | undefined {
  return tgid === undefined ? symbols.kernel(address) : symbols.user(tgid, address);
}

/** Generated code has no module. */
const qualified = ({ module, symbol }: ResolvedSymbol): string =>
  module === '' ? symbol : `${module}\`${symbol}`;

function located(found: ResolvedSymbol | undefined, address: bigint): string {
  if (found?.nameless) return `${found.module}:0x${found.offset.toString(16)}`;
  return found?.module ? `${found.module}\`0x${address.toString(16)}` : `0x${address.toString(16)}`;
}
