import type { Host } from '@dtrace/core/provider';

/** Functions of one module that are probed alike. */
export interface FunctionGroup {
  readonly module: string;
  readonly names: readonly string[];
  readonly ambiguous: ReadonlySet<string>;
  /** Their arguments are words: no type is known, or none that is true of the code. */
  readonly untyped?: boolean;
  /** They are jumped to, and never return. */
  readonly entryOnly?: boolean;
}

/** The compiler's own names have a dot: clones with other parameters, parts of functions. */
const isMade = (name: string): boolean => name.includes('.');
const isPlain = (name: string): boolean => !isMade(name);

export function plainFunctions(host: Host): readonly FunctionGroup[] {
  return host.traceable.map(({ module, typed, ambiguous }) => ({
    module,
    names: typed.some(isMade) ? typed.filter(isPlain) : typed,
    ambiguous,
  }));
}

/** The unlikely part of a function, moved away from it. Nothing calls it. */
const COLD = /\.cold(\.\d+)?$/;

/** No function tracer knows them, only a breakpoint reaches them. */
function coldParts(host: Host): FunctionGroup[] {
  if (!host.has('kprobe')) return [];
  const byModule = new Map<string, { names: Set<string>; ambiguous: Set<string> }>();
  for (const { name, module } of host.kernelSymbols) {
    if (!COLD.test(name)) continue;
    let group = byModule.get(module);
    if (group === undefined) {
      group = { names: new Set(), ambiguous: new Set() };
      byModule.set(module, group);
    }
    if (group.names.has(name)) group.ambiguous.add(name);
    group.names.add(name);
  }
  return [...byModule].map(([module, { names, ambiguous }]) => ({
    module,
    names: [...names],
    ambiguous,
    untyped: true,
    entryOnly: true,
  }));
}

export function rawFunctions(host: Host): readonly FunctionGroup[] {
  const called = host.traceable.map(
    ({ module, typed, untyped, ambiguous }): FunctionGroup => ({
      module,
      names: [...untyped, ...typed.filter(isMade)],
      ambiguous,
      untyped: true,
    }),
  );
  return [...called, ...coldParts(host)];
}
