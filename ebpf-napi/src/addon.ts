import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A system call argument: bytes are passed by address. */
export type CallArgument = number | bigint | ArrayBufferView | ArrayBuffer | null;
/**
 * Flat list offset, bytes, …: the address of `bytes` is stored at `offset` of the first byte argument.
 * [bytes, pointers] in place of bytes fills those bytes with addresses first.
 */
export type Pointers = readonly PointerItem[];
type PointerItem = number | ArrayBufferView | readonly [ArrayBufferView, Pointers];
/** An open event loop watch; opaque. */
export type PollHandle = { readonly __poll: never };

export interface SystemCallNumbers {
  readonly bpf: number;
  readonly capget: number;
  readonly capset: number;
  readonly getsockopt: number;
  readonly perf_event_open: number;
  readonly ioctl: number;
  readonly read: number;
  readonly close: number;
  readonly epoll_create1: number;
  readonly epoll_ctl: number;
  readonly epoll_pwait: number;
  readonly pidfd_open: number;
  readonly pipe2: number;
  readonly prctl: number;
  readonly prlimit64: number;
  readonly wait4: number;
}

/** The native part; `native/*.c` documents each function. Results below zero are minus errno. */
export interface Addon {
  readonly numbers: SystemCallNumbers;
  readonly pageSize: number;
  call(number: number, args: readonly CallArgument[], pointers?: Pointers, kept?: boolean): number;
  callAsync(
    number: number,
    args: readonly CallArgument[],
    pointers?: Pointers,
    kept?: boolean,
  ): Promise<number>;
  map(fd: number, offset: number, length: number, writable: boolean): ArrayBuffer | number;
  unmap(buffer: ArrayBuffer): void;
  pollOpen(fd: number, callback: () => void): PollHandle | number;
  pollRef(handle: PollHandle, keepAlive: boolean): void;
  pollClose(handle: PollHandle): void;
  spawnHeld(
    file: Uint8Array,
    argv: Uint8Array,
    environment: Uint8Array,
    cwd: Uint8Array | null,
    gate: ArrayBuffer,
    errorFd: number,
    dieWithParent: boolean,
  ): number;
}

const FILE = 'ebpf_napi.node';
let explicitPath: string | undefined;
let loaded: Addon | undefined;

/** Use this addon file. For programs bundled into one file, which have no package folder to look in. */
export function setAddonPath(path: string): void {
  explicitPath = path;
}

function isPackageRoot(folder: string): boolean {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).name === 'ebpf-napi';
  } catch {
    return false;
  }
}

function packageRoot(): string | undefined {
  // Undefined in a CommonJS bundle, whatever the types say.
  const here: string | undefined = import.meta.url;
  if (!here?.startsWith('file:')) return undefined;
  for (let folder = dirname(fileURLToPath(here)); ; folder = dirname(folder)) {
    if (isPackageRoot(folder)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** The addon's file. */
export function addonPath(): string {
  if (explicitPath !== undefined) return explicitPath;
  const root = packageRoot();
  if (root === undefined) {
    throw new Error('ebpf-napi: bundled without its native addon; call setAddonPath(file) first');
  }
  const candidates = [join(root, 'prebuilds', `linux-${process.arch}`, FILE), join(root, 'build', FILE)];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const command = `node ${join(root, 'scripts', 'build.mjs')}`;
  throw new Error(`ebpf-napi: no native addon for linux-${process.arch}; run: ${command}`);
}

/** The native addon, loaded at first use so that pure parts of the package work anywhere. */
export function addon(): Addon {
  if (loaded === undefined) {
    if (process.platform !== 'linux') throw new Error('ebpf-napi: eBPF needs Linux');
    const module = { exports: {} };
    process.dlopen(module, addonPath());
    loaded = module.exports as Addon;
  }
  return loaded;
}
