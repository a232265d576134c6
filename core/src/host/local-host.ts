import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { release, version } from 'node:os';
import { join } from 'node:path';
import { featureNames, hasFeature, possibleCpus } from 'ebpf-napi';
import { BtfCache } from './btf-cache.js';
import { type CodeFile, openCodeFile } from './elf/code-file.js';
import { hasFunction } from './functions.js';
import type { Architecture, Host, HostFiles } from './host.js';
import { cacheFolder, type Fact, fileName, KernelFacts, kernelIdentity } from './kernel-facts.js';
import { type Processes, ProcProcesses } from './processes.js';
import { Kallsyms } from './symbols/kernel-symbols.js';
import { ProcUserSymbols } from './symbols/user-symbols.js';
import { findTracefs } from './tracefs.js';
import { findTracepoints, type Tracepoints } from './tracepoints.js';
import { KernelTypes } from './types/kernel-types.js';
import { readTable } from './unwind/read-table.js';
import { ProcUnwindSource } from './unwind/source.js';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x64', arm64: 'arm64' };

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

class LocalFiles implements HostFiles {
  readText(path: string): string | undefined {
    return ifThere(() => readFileSync(path, 'utf8'));
  }

  readDir(path: string): readonly string[] | undefined {
    return ifThere(() => readdirSync(path).sort());
  }

  readLink(path: string): string | undefined {
    return ifThere(() => readlinkSync(path));
  }

  inode(path: string): number | undefined {
    return ifThere(() => statSync(path).ino);
  }
}

/** The machine this program runs on. Everything is read when first asked for. */
export class LocalHost extends LocalFiles implements Host {
  readonly arch: Architecture;
  readonly kernelSymbols = new Kallsyms(() => readFileSync('/proc/kallsyms'));
  readonly #btf = new BtfCache(join(cacheFolder(), `btf-${fileName(`${release()}-${version()}`)}`));
  readonly types = new KernelTypes(() => this.#btf.open(), this.kernelSymbols);
  readonly processes: Processes = new ProcProcesses(this);
  readonly userSymbols = new ProcUserSymbols({
    maps: (tgid) => this.readText(`/proc/${tgid}/maps`),
    // As the process sees it; by its plain name once the process is gone.
    elf: (tgid, path) => this.codeFile(`/proc/${tgid}/root${path}`, path) ?? this.codeFile(path),
  });
  readonly #codeFiles = new Map<string, CodeFile>();
  readonly unwinding = new ProcUnwindSource(this, readTable);
  #facts: KernelFacts | undefined;
  #tracepoints: Tracepoints | undefined;
  #tracefs: { readonly path: string | undefined } | undefined;

  constructor() {
    super();
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

  hasFunction(name: string): boolean {
    return hasFunction(this, name);
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
    this.#facts ??= new KernelFacts(cacheFolder(), kernelIdentity(this.readText('/proc/self/status')));
    return this.#facts.get(name, find);
  }

  saveFacts(): void {
    this.#facts?.save();
    this.#btf.save();
  }
}
