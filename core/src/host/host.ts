import type { TypeSource } from '../language/types.js';
import type { CodeFile } from './elf/code-file.js';
import type { Interpreter } from './interpreters/index.js';
import type { Fact } from './kernel-facts.js';
import type { MemoryRange } from './kernel-memory.js';
import type { Processes } from './processes.js';
import type { KernelSymbols } from './symbols/kernel-symbols.js';
import type { UserSymbols } from './symbols/user-symbols.js';
import type { TraceableFunctions } from './traceable.js';
import type { Tracepoints } from './tracepoints.js';
import type { UnwindSource } from './unwind/source.js';

export type Architecture = 'x64' | 'arm64';

/** Files of the machine (/proc, /sys). What is absent or may not be read is undefined. */
export interface HostFiles {
  readText(path: string): string | undefined;
  /** Names in a folder, sorted. */
  readDir(path: string): readonly string[] | undefined;
  /** Where a symbolic link leads. */
  readLink(path: string): string | undefined;
  /** What tells a file from others of its file system, whatever it is called. */
  inode(path: string): number | undefined;
}

/** All that is read from the machine. Tests replay a recorded one; nothing in it needs privileges to hold. */
export interface Host extends HostFiles {
  readonly arch: Architecture;
  /** Possible CPUs: the highest number plus one. */
  readonly cpus: number;
  readonly types: TypeSource;
  /** The pid namespace of this process, where that is not the machine's own. */
  readonly pidNamespace?: { readonly device: number; readonly inode: number } | undefined;
  readonly kernelSymbols: KernelSymbols;
  readonly userSymbols: UserSymbols;
  readonly processes: Processes;
  readonly unwinding: UnwindSource;
  /** Asks a process's runtime to tell the names of the code it has generated, if it is one that has to be asked. */
  tellGenerated(tgid: number): Promise<void>;
  /** What a process interprets scripts by; undefined: it is none of the interpreters that are known. */
  interpreter(tgid: number): Interpreter | undefined;
  /**
   * An executable or a library; undefined when there is none to read. `name`: its name where it is at home, if that is
   * not where it can be opened.
   */
  codeFile(path: string, name?: string): CodeFile | undefined;
  /** Whether the kernel has a feature, by its name in ebpf-napi. Unknown names are absent. */
  has(feature: string): boolean;
  /** A fact about the kernel that is slow to find: found once, then remembered on disk while the kernel stays the same. */
  remember<T extends Fact>(name: string, find: () => T): T;
  /** Writes remembered facts to disk, if there are new ones. */
  saveFacts(): void;
  /** Whether the kernel has a function of this name. */
  hasFunction(name: string): boolean;
  /** The kernel's own memory, range by range; undefined for what cannot be read, or may not be. */
  kernelMemory(ranges: readonly MemoryRange[]): readonly (Buffer | undefined)[];
  readonly tracepoints: Tracepoints;
  /** Functions that probes can be put on: the kernel's, then each module's. */
  readonly traceable: readonly TraceableFunctions[];
  /** The tracing file system's folder where it is mounted and readable. */
  readonly tracefs: string | undefined;
}
