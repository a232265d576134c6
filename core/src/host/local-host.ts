import { readFileSync, statSync } from 'node:fs';
import { release, version } from 'node:os';
import { join } from 'node:path';
import { featureNames, hasFeature, MissingFeatureError, possibleCpus } from 'ebpf-napi';
import { BtfError } from 'ebpf-napi/btf';
import { bootId } from './boot-id.js';
import { BtfCache } from './btf-cache.js';
import { type CodeFile, openCodeFile } from './elf/code-file.js';
import { hasFunction } from './functions.js';
import type { Architecture, Host } from './host.js';
import { type Interpreter, Interpreters } from './interpreters/index.js';
import { cacheFolder, fileName } from './kept-files.js';
import { type Fact, KernelFacts, kernelIdentity } from './kernel-facts.js';
import { type MemoryRange, readKernelMemory } from './kernel-memory.js';
import { LocalFiles } from './local-files.js';
import { type Processes, ProcProcesses } from './processes.js';
import { readJitMap } from './symbols/jit-map-file.js';
import { writeJvmNames } from './symbols/jvm-names.js';
import { Kallsyms } from './symbols/kernel-symbols.js';
import { inodeOf } from './symbols/memory-map.js';
import { rememberedSymbols } from './symbols/remembered-symbols.js';
import { ProcUserSymbols } from './symbols/user-symbols.js';
import { findTraceable, type TraceableFunctions } from './traceable.js';
import { TraceableCache } from './traceable-cache.js';
import { findTracefs } from './tracefs.js';
import { findTracepoints, type Tracepoints } from './tracepoints.js';
import { type BtfSource, KernelTypes } from './types/kernel-types.js';
import { readTypeFile } from './types/type-files.js';
import { readTable } from './unwind/read-table.js';
import { ProcUnwindSource } from './unwind/source.js';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x64', arm64: 'arm64' };

function openKernel(cache: BtfCache): BtfSource | undefined {
  try {
    return cache.open();
  } catch (error) {
    if (error instanceof MissingFeatureError) return undefined;
    throw error;
  }
}

/** The kernel's types and those of files, the first of which stands for the kernel's where that tells none. */
function withTypeFiles(cache: BtfCache, paths: readonly string[]): BtfSource {
  const kernel = openKernel(cache);
  const files = paths.map((path) => readTypeFile(path, () => kernel?.vmlinux));
  const more = new Map(files.map(({ name, btf }) => [name, btf]));
  const base = kernel ?? { vmlinux: files[0]!.btf, modules: () => [], module: noModule };
  return { vmlinux: base.vmlinux, modules: () => base.modules(), module: (name) => base.module(name), more };
}

function noModule(name: string): never {
  throw new BtfError(`this kernel does not tell the types of ${name}`);
}

/** PROC_PID_INIT_INO */
const FIRST_PID_NAMESPACE = 0xeffffffc;

function pidNamespace(): Host['pidNamespace'] {
  const { dev, ino } = statSync('/proc/self/ns/pid');
  return ino === FIRST_PID_NAMESPACE ? undefined : { device: dev, inode: ino };
}

/** The machine this program runs on. Everything is read when first asked for. */
export class LocalHost extends LocalFiles implements Host {
  readonly arch: Architecture;
  readonly pidNamespace = pidNamespace();
  readonly kernelSymbols = new Kallsyms(() => readFileSync('/proc/kallsyms'));
  readonly #btf = new BtfCache(join(cacheFolder(), `btf-${fileName(`${release()}-${version()}`)}`));
  readonly types: KernelTypes;
  readonly #typeFiles: readonly string[];
  readonly processes: Processes = new ProcProcesses(this);
  readonly userSymbols = new ProcUserSymbols({
    maps: (tgid) => this.readText(`/proc/${tgid}/maps`),
    // As the process sees it; by its plain name once the process is gone.
    elf: (tgid, path) => this.codeFile(`/proc/${tgid}/root${path}`, path) ?? this.codeFile(path),
    vanishes: ({ path, file }) => path.startsWith('/') && this.inode(path) !== inodeOf(file),
    jit: (tgid) => readJitMap(this, tgid),
  });
  readonly #interpreters = new Interpreters(
    (tgid) => this.readText(`/proc/${tgid}/maps`),
    (tgid, path) => this.codeFile(`/proc/${tgid}/root${path}`, path),
  );
  readonly #codeFiles = new Map<string, CodeFile>();
  readonly unwinding = new ProcUnwindSource(this, readTable);
  #facts: KernelFacts | undefined;
  #functions: TraceableCache | undefined;
  #tracepoints: Tracepoints | undefined;
  #traceable: readonly TraceableFunctions[] | undefined;
  #tracefs: { readonly path: string | undefined } | undefined;

  /** `typeFiles`: where types are besides those that the kernel tells, or instead of them (-x btf). */
  constructor(typeFiles: readonly string[] = []) {
    super();
    this.#typeFiles = typeFiles;
    const source = typeFiles.length === 0 ? undefined : withTypeFiles(this.#btf, typeFiles);
    const symbols = rememberedSymbols(this.kernelSymbols, {
      remember: (name, find) => this.remember(name, find),
      boot: bootId(this),
    });
    this.types = new KernelTypes(() => source ?? openKernel(this.#btf), symbols);
    const arch = ARCHITECTURES[process.arch];
    if (arch === undefined) throw new Error(`DTrace runs on x86-64 and arm64, not on ${process.arch}`);
    this.arch = arch;
  }

  get cpus(): number {
    return possibleCpus();
  }

  get tracefs(): string | undefined {
    this.#tracefs ??= { path: findTracefs(this) };
    return this.#tracefs.path;
  }

  get tracepoints(): Tracepoints {
    this.#tracepoints ??= findTracepoints(this);
    return this.#tracepoints;
  }

  get traceable(): readonly TraceableFunctions[] {
    this.#traceable ??= this.#findTraceable();
    return this.#traceable;
  }

  hasFunction(name: string): boolean {
    return hasFunction(this, name);
  }

  kernelMemory(ranges: readonly MemoryRange[]): readonly (Buffer | undefined)[] {
    return readKernelMemory(ranges);
  }

  /** Files that are replaced while this runs get another inode. */
  codeFile(path: string, name = path): CodeFile | undefined {
    const key = `${path} ${this.inode(path)}`;
    const known = this.#codeFiles.get(key);
    if (known !== undefined) return known;
    const file = openCodeFile(path, name);
    if (file !== undefined) this.#codeFiles.set(key, file);
    return file;
  }

  has(feature: string): boolean {
    if (!featureNames.includes(feature)) return false;
    return this.remember(`feature ${feature}`, () => hasFeature(feature));
  }

  remember<T extends Fact>(name: string, find: () => T): T {
    this.#facts ??= new KernelFacts(this.#ownTypes ? cacheFolder() : undefined, this.#identity);
    return this.#facts.get(name, find);
  }

  /** What other type files than the kernel's own say is nothing to remember. */
  get #ownTypes(): boolean {
    return this.#typeFiles.length === 0;
  }

  get #identity(): string {
    return kernelIdentity(this.readText('/proc/self/status'));
  }

  #findTraceable(): readonly TraceableFunctions[] {
    const find = () => findTraceable(this);
    if (!this.#ownTypes) return find();
    const file = join(cacheFolder(), `functions-${fileName(release())}`);
    this.#functions = new TraceableCache(file, this, this.#identity);
    return this.#functions.get(this.tracefs, find);
  }

  tellGenerated(tgid: number): Promise<void> {
    return writeJvmNames(this, tgid);
  }

  interpreter(tgid: number): Interpreter | undefined {
    return this.#interpreters.of(tgid);
  }

  saveFacts(): void {
    this.#facts?.save();
    this.#btf.save();
    this.#functions?.save();
  }
}
