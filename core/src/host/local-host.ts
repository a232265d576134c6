import { readdirSync, readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import { join } from 'node:path';
import { featureNames, hasFeature, possibleCpus } from 'ebpf-napi';
import { BtfCache } from './btf-cache.js';
import { type ElfFile, openFile, readElf } from './elf/elf-file.js';
import { hasFunction } from './functions.js';
import type { Architecture, Host, HostFiles } from './host.js';
import { cacheFolder, type Fact, fileName, KernelFacts, kernelIdentity } from './kernel-facts.js';
import { type Processes, ProcProcesses } from './processes.js';
import { Kallsyms } from './symbols/kernel-symbols.js';
import { ProcUserSymbols } from './symbols/user-symbols.js';
import { findTracefs } from './tracefs.js';
import { findTracepoints, type Tracepoints } from './tracepoints.js';
import { KernelTypes } from './types/kernel-types.js';

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x64: 'x64', arm64: 'arm64' };

class LocalFiles implements HostFiles {
  readText(path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  }

  readDir(path: string): readonly string[] | undefined {
    try {
      return readdirSync(path).sort();
    } catch {
      return undefined;
    }
  }
}

function elfAt(path: string): ElfFile | undefined {
  try {
    const file = openFile(path);
    try {
      return readElf(file);
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

/** The file as the process sees it (it may live in a container); by its plain name once the process is gone. */
function elfOf(tgid: number, path: string): ElfFile | undefined {
  return elfAt(`/proc/${tgid}/root${path}`) ?? elfAt(path);
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
    elf: elfOf,
  });
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
