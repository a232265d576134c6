import { DTrace, LocalHost, type RegisteredProbe } from '@dtrace/core';
import { LoadedImage } from '@dtrace/core/session/loading';
import sdt from '../src/index.js';

type Layout = ReturnType<DTrace['layout']>;
type Type = Layout['args'][number]['type'];
type Bare = Exclude<Type, { kind: 'typedef' }>;

const bare = (type: Type): Bare => (type.kind === 'typedef' ? bare(type.to) : type);
const SCALARS: ReadonlySet<Type['kind']> = new Set(['integer', 'enum', 'pointer']);

type Record = Extract<Type, { kind: 'struct' | 'union' }>;

/** Names of members that a program reads directly: whole scalars, also of structs without a name. */
function scalars(record: Record): string[] {
  return (record.members ?? []).flatMap(({ name, type, bitSize }) => {
    const member = bare(type);
    if (name === '') return member.kind === 'struct' ? scalars(member) : [];
    return bitSize === undefined && SCALARS.has(member.kind) ? [name] : [];
  });
}

/** The first and the last of them in the record a pointer leads to. */
function members(type: Type): string[] {
  const pointer = bare(type);
  const record = pointer.kind === 'pointer' ? bare(pointer.to) : undefined;
  if (record?.kind !== 'struct') return [];
  const names = scalars(record);
  return [...new Set([...names.slice(0, 1), ...names.slice(-1)])];
}

/** Reads every argument, and through those that point at records. */
function clause({ probe }: RegisteredProbe, { args }: Layout): string {
  const reads = args
    .slice(0, 10)
    .flatMap(({ type }, i) => [
      `this->a${i} = (uint64_t)args[${i}];`,
      ...members(type).map((member) => `trace((uint64_t)args[${i}]->${member});`),
    ]);
  return `sdt:::${probe.name} { ${reads.join(' ')} }`;
}

export interface Refusal {
  readonly tracepoint: string;
  readonly message: string;
}

/** Loads a program that reads all there is for each of these tracepoints; returns those the kernel would not have. */
export async function refusals(
  wanted?: (tracepoint: string) => boolean,
): Promise<{ loaded: number; refused: Refusal[] }> {
  const engine = new DTrace(new LocalHost(), [sdt]);
  const refused: Refusal[] = [];
  let loaded = 0;
  for (const probe of engine.probes('sdt:::')) {
    const tracepoint = probe.probe.name;
    if (wanted && !wanted(tracepoint)) continue;
    try {
      const { image } = engine.compile(clause(probe, engine.layout(probe)));
      await (await LoadedImage.load(image)).close();
      loaded++;
    } catch (error) {
      refused.push({ tracepoint, message: String(error instanceof Error ? error.message : error) });
    }
  }
  return { loaded, refused };
}
