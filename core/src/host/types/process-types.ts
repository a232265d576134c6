import { isProcessModule } from '../../language/types/process-module.js';
import type { Type, TypeSource } from '../../language/types.js';
import type { Host } from '../host.js';

/** Types of programs beside the kernel's: what the debugging information of a process's files says. */
export class ProcessTypes implements TypeSource {
  readonly #known = new Map<string, Type | undefined>();

  /** `target`: the process that $target names, far enough to have its files mapped. */
  constructor(
    private readonly host: Pick<Host, 'types' | 'processes' | 'codeFile'>,
    private readonly target: () => number,
  ) {}

  findRecord(kind: 'struct' | 'union', tag: string, module?: string): Type | undefined {
    return isProcessModule(module)
      ? this.#find(kind, tag, module!)
      : this.host.types.findRecord(kind, tag, module);
  }

  findEnum(tag: string, module?: string): Type | undefined {
    return isProcessModule(module) ? this.#find('enum', tag, module!) : this.host.types.findEnum(tag, module);
  }

  findTypedef(name: string, module?: string): Type | undefined {
    return isProcessModule(module)
      ? this.#find('typedef', name, module!)
      : this.host.types.findTypedef(name, module);
  }

  findEnumerator(name: string): ReturnType<TypeSource['findEnumerator']> {
    return this.host.types.findEnumerator(name);
  }

  findSymbol(name: string, module?: string): ReturnType<TypeSource['findSymbol']> {
    return isProcessModule(module) ? undefined : this.host.types.findSymbol(name, module);
  }

  findFunction(name: string, module?: string): ReturnType<TypeSource['findFunction']> {
    return isProcessModule(module) ? undefined : this.host.types.findFunction(name, module);
  }

  #find(kind: 'struct' | 'union' | 'enum' | 'typedef', name: string, module: string): Type | undefined {
    const key = `${module} ${kind} ${name}`;
    if (!this.#known.has(key)) this.#known.set(key, this.#look(kind, name, module));
    return this.#known.get(key);
  }

  /** In the program first, then in its libraries. */
  #look(kind: 'struct' | 'union' | 'enum' | 'typedef', name: string, module: string): Type | undefined {
    const pid = module === 'pid$target' ? this.target() : Number(module.slice('pid'.length));
    for (const { openPath, path } of this.host.processes.modules(pid)) {
      const type = this.host.codeFile(openPath, path)?.namedType(kind, name);
      if (type !== undefined) return type;
    }
    return undefined;
  }
}
