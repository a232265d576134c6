import { readFileSync } from 'node:fs';
import { packageFile } from '../load-optional.js';

/** The part of WebAssembly's interface that is used; Node's own types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** What the WebAssembly of gecko-profiler-demangle offers; texts go through its memory. */
interface Demangler {
  readonly memory: { readonly buffer: ArrayBuffer };
  demangle_any(at: number, length: number): readonly [at: number, length: number];
  __wbindgen_malloc(length: number, align: number): number;
  __wbindgen_free(at: number, length: number, align: number): void;
  readonly __wbindgen_export_0: { grow(entries: number): number };
  __wbindgen_start(): void;
}

/** Empty entries its table starts with. */
const RESERVED = 4;

let loaded: Demangler | undefined;

function load(): Demangler {
  // Its own loader is a module of a kind that cannot be loaded without waiting.
  const module = new WebAssembly.Module(readFileSync(packageFile('gecko-profiler-demangle/index_bg.wasm')));
  const imports = {
    './index_bg.js': {
      __wbindgen_init_externref_table: () => demangler.__wbindgen_export_0.grow(RESERVED),
    },
  };
  const demangler = new WebAssembly.Instance(module, imports).exports as Demangler;
  demangler.__wbindgen_start();
  return demangler;
}

export const isMangled = (name: string): boolean => /^_?_[ZR]/.test(name);

const known = new Map<string, string>();

/** The name of a C++ or Rust function as its source has it; other names come back as they are. */
export function demangle(name: string): string {
  if (!isMangled(name)) return name;
  let text = known.get(name);
  if (text === undefined) {
    text = takeApart(name);
    known.set(name, text);
  }
  return text;
}

function takeApart(name: string): string {
  loaded ??= load();
  const bytes = Buffer.from(name, 'latin1');
  const at = loaded.__wbindgen_malloc(bytes.length, 1);
  new Uint8Array(loaded.memory.buffer).set(bytes, at);
  const [start, length] = loaded.demangle_any(at, bytes.length);
  const text = Buffer.from(loaded.memory.buffer, start >>> 0, length).toString('utf8');
  loaded.__wbindgen_free(start, length, 1);
  // What it makes nothing of loses an underscore.
  return text === name.slice(1) ? name : text;
}
