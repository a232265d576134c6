import type { BpfMap } from 'ebpf-napi';
import {
  INTERPRETER,
  INTERPRETER_KIND,
  PYTHON,
  RUBY,
  SCRIPT_FRAME,
  SCRIPT_MAP,
  SCRIPT_NAME,
} from '../compiler/scripts/layout.js';
import type { ResolvedSymbol, SymbolResolver } from '../consumer/symbols.js';
import type { Interpreter } from '../host/index.js';

const WORDS: Readonly<Record<Interpreter['kind'], Readonly<Record<string, number>>>> = {
  python: PYTHON,
  ruby: RUBY,
};

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

function encode({ kind, start, length, root, words }: Interpreter): Uint8Array {
  const value = new DataView(new ArrayBuffer(INTERPRETER.size));
  value.setUint32(INTERPRETER.kind, INTERPRETER_KIND[kind], true);
  value.setUint32(INTERPRETER.length, length, true);
  value.setBigUint64(INTERPRETER.start, BigInt(start), true);
  value.setBigUint64(INTERPRETER.root, BigInt(root), true);
  for (const [name, index] of Object.entries(WORDS[kind]))
    value.setUint32(INTERPRETER.words + 4 * index, words[name] ?? 0, true);
  return new Uint8Array(value.buffer);
}

/** How `perf` names functions of scripts: a mark of the language, the function, and the file with its line. */
const MARKS: ReadonlyMap<number, string> = new Map([
  [INTERPRETER_KIND.python, 'py'],
  [INTERPRETER_KIND.ruby, 'rb'],
]);

function decode(value: Buffer): string {
  const text = (part: 'name' | 'file'): string => {
    const start = SCRIPT_NAME[part];
    const bytes = value.subarray(start, start + SCRIPT_NAME[`${part}Bytes`]);
    return characters(bytes, value.readUInt32LE(SCRIPT_NAME[`${part}Width`]));
  };
  const mark = MARKS.get(value.readUInt32LE(SCRIPT_NAME.kind)) ?? '';
  return `${mark}::${text('name')}:${text('file')}:${value.readUInt32LE(SCRIPT_NAME.line)}`;
}

/** Ruby keeps UTF-8 (width 0); Python as many bytes for each character as the widest one needs. */
function characters(bytes: Buffer, width: number): string {
  const text =
    width === 0
      ? bytes.toString('utf8')
      : width === 1
        ? bytes.toString('latin1')
        : width === 2
          ? bytes.toString('utf16le')
          : String.fromCodePoint(...Array.from({ length: bytes.length >> 2 }, (_, i) => codePoint(bytes, i)));
  return text.replace(/\0.*$/s, '');
}

const MOST = 0x10ffff;
const codePoint = (bytes: Buffer, index: number): number => Math.min(MOST, bytes.readUInt32LE(4 * index));

/** The interpreters that processes are, for programs; and the names that programs note of the functions they find. */
export class Scripts {
  readonly #interpreters: BpfMap;
  readonly #names: BpfMap;
  readonly #known = new Map<string, string>();

  /** undefined: the program does not look for scripts. */
  static of(
    maps: ReadonlyMap<string, BpfMap>,
    find: (tgid: number) => Interpreter | undefined,
  ): Scripts | undefined {
    const interpreters = maps.get(SCRIPT_MAP.interpreters);
    const names = maps.get(SCRIPT_MAP.names);
    return interpreters && names && new Scripts(interpreters, names, find);
  }

  private constructor(
    interpreters: BpfMap,
    names: BpfMap,
    private readonly find: (tgid: number) => Interpreter | undefined,
  ) {
    this.#interpreters = interpreters;
    this.#names = names;
  }

  /** A process whose code is mapped in another way than before. */
  see(tgid: number): void {
    const interpreter = this.find(tgid);
    if (interpreter !== undefined) this.#interpreters.update(u32(tgid), encode(interpreter));
    else this.#interpreters.delete(u32(tgid));
  }

  /** With names for what stands for frames of scripts. */
  names(symbols: SymbolResolver): SymbolResolver {
    const user =
      (other: SymbolResolver['user']): SymbolResolver['user'] =>
      (tgid, address) =>
        (address & SCRIPT_FRAME) === 0n ? other(tgid, address) : this.#nameOf(tgid, address);
    return {
      ...symbols,
      user: user(symbols.user),
      ...(symbols.userSymbol && { userSymbol: user(symbols.userSymbol) }),
      ...(symbols.userFile && { userFile: user(symbols.userFile) }),
    };
  }

  #nameOf(tgid: number, word: bigint): ResolvedSymbol | undefined {
    const key = `${tgid} ${word}`;
    let symbol = this.#known.get(key);
    if (symbol === undefined) {
      const value = this.#names.lookup(new Uint8Array(BigUint64Array.of(BigInt(tgid), word).buffer));
      if (value === undefined) return undefined;
      symbol = decode(Buffer.from(value.buffer, value.byteOffset, value.length));
      this.#known.set(key, symbol);
    }
    return { module: '', symbol, offset: 0 };
  }
}
