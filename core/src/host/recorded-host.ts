import type { TypeSource } from '../language/types.js';
import { hasFunction } from './functions.js';
import type { Architecture, Host } from './host.js';
import type { Fact } from './kernel-facts.js';
import { type Processes, ProcProcesses } from './processes.js';
import { Kallsyms, type KernelSymbols } from './symbols/kernel-symbols.js';
import { ProcUserSymbols, type UserSymbols } from './symbols/user-symbols.js';
import { findTraceable, type TraceableFunctions } from './traceable.js';
import { findTracefs } from './tracefs.js';
import { findTracepoints, type Tracepoints } from './tracepoints.js';
import { type BtfSource, KernelTypes } from './types/kernel-types.js';
import { ProcUnwindSource, type UnwindSource } from './unwind/source.js';

/** A machine as data: what was read from some kernel, or made up for a test. Everything may be left out. */
export interface HostRecording {
  readonly arch?: Architecture;
  /** Path → text. Folders exist where files lie in them. */
  readonly files?: Readonly<Record<string, string>>;
  /** The text of /proc/kallsyms. */
  readonly kallsyms?: string;
  readonly btf?: BtfSource;
  /** Possible CPUs; default 1. */
  readonly cpus?: number;
  /** Instead of `btf`. */
  readonly types?: TypeSource;
  readonly features?: readonly string[];
  /** Default: those in `btf`. */
  readonly tracepoints?: readonly string[];
}

const NO_TYPES: TypeSource = {
  findRecord: () => undefined,
  findEnum: () => undefined,
  findTypedef: () => undefined,
  findEnumerator: () => undefined,
  findSymbol: () => undefined,
  findFunction: () => undefined,
};

/** Replays a recording: no file is read, no kernel asked, no privilege needed. */
export class RecordedHost implements Host {
  readonly arch: Architecture;
  readonly cpus: number;
  readonly types: TypeSource;
  readonly kernelSymbols: KernelSymbols;
  readonly userSymbols: UserSymbols;
  readonly processes: Processes;
  readonly unwinding: UnwindSource;
  readonly #tracepoints: Tracepoints | undefined;
  readonly #files: Readonly<Record<string, string>>;
  readonly #features: ReadonlySet<string>;

  constructor(recording: HostRecording = {}) {
    const { btf } = recording;
    this.arch = recording.arch ?? 'x64';
    this.cpus = recording.cpus ?? 1;
    this.#files = recording.files ?? {};
    const { tracepoints } = recording;
    this.#tracepoints = tracepoints && new Map(tracepoints.map((name) => [name, 'vmlinux']));
    this.#features = new Set(recording.features);
    this.kernelSymbols = new Kallsyms(() => Buffer.from(recording.kallsyms ?? ''));
    this.types =
      recording.types ?? (btf === undefined ? NO_TYPES : new KernelTypes(() => btf, this.kernelSymbols));
    this.processes = new ProcProcesses(this);
    this.unwinding = new ProcUnwindSource(this, () => undefined);
    this.userSymbols = new ProcUserSymbols({
      maps: (tgid) => this.readText(`/proc/${tgid}/maps`),
      elf: () => undefined,
      vanishes: () => false,
      jit: () => undefined,
    });
  }

  get tracefs(): string | undefined {
    return findTracefs(this);
  }

  get tracepoints(): Tracepoints {
    return this.#tracepoints ?? findTracepoints(this);
  }

  get traceable(): readonly TraceableFunctions[] {
    return findTraceable(this);
  }

  hasFunction(name: string): boolean {
    return hasFunction(this, name);
  }

  has(feature: string): boolean {
    return this.#features.has(feature);
  }

  remember<T extends Fact>(_name: string, find: () => T): T {
    return find();
  }

  saveFacts(): void {}

  kernelMemory(ranges: readonly unknown[]): readonly undefined[] {
    return ranges.map(() => undefined);
  }

  async tellGenerated(): Promise<void> {}
  interpreter(): undefined {}

  readText(path: string): string | undefined {
    return this.#files[path];
  }

  codeFile(): undefined {}

  /** A link is recorded as a file whose text is where it leads. */
  readLink(path: string): string | undefined {
    return this.#files[path];
  }

  inode(): undefined {}

  readDir(path: string): readonly string[] | undefined {
    const prefix = `${path}/`;
    const names = Object.keys(this.#files)
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length).split('/', 1)[0] as string);
    return names.length === 0 ? undefined : [...new Set(names)].sort();
  }
}
