import { asRecord, findMember } from '../language/types/queries.js';
import type { TypeSource } from '../language/types.js';
import { hasTracepoint } from './site-kinds/index.js';
import { tracepointParameters } from './site-kinds/raw-tracepoint.js';

/** What a table asks of the machine: a `Host` has it. */
export interface Machine {
  readonly arch: 'x64' | 'arm64';
  readonly types: TypeSource;
  readonly tracepoints: ReadonlyMap<string, string>;
  hasFunction(name: string): boolean;
  remember<T extends number | boolean>(name: string, find: () => T): T;
}

/** What an entry of a table takes for granted of the kernel, besides the tracepoint. */
export interface Needs {
  /** The tracepoint has at least so many arguments. */
  readonly parameters?: number;
  /** The first argument points at a record of this name. */
  readonly first?: string;
  /** A member of a kernel record, or several: `task_struct.__state`. */
  readonly member?: string | readonly string[];
  readonly function?: string;
  readonly arch?: Machine['arch'];
}

/** `task_struct.__state`: whether the kernel has that record, with that member, which may itself be a record's. */
export function hasMember(types: TypeSource, path: string): boolean {
  const [tag = '', ...members] = path.split('.');
  let type = types.findRecord('struct', tag);
  for (const name of members) {
    const record = type && asRecord(type);
    type = record?.members === undefined ? undefined : findMember(record, name)?.type;
  }
  return type !== undefined;
}

function firstRecord({ types }: Machine, tracepoint: string): string | undefined {
  const [first] = tracepointParameters(tracepoint, types) ?? [];
  const record = first?.kind === 'pointer' ? asRecord(first.to) : undefined;
  return record?.tag;
}

/** Whether the kernel has a tracepoint by that name; without a list of them, its types tell. */
const exists = ({ tracepoints, types }: Machine, tracepoint: string): boolean =>
  tracepoints.size > 0 ? tracepoints.has(tracepoint) : hasTracepoint(tracepoint, types);

/** What the kernel lacks of it, in words; undefined when it has all. */
export function lacks(host: Machine, tracepoint: string, needs: Needs = {}): string | undefined {
  if (needs.arch !== undefined && needs.arch !== host.arch) return `it is known for ${needs.arch} only`;
  if (!exists(host, tracepoint)) return `this kernel has no tracepoint ${tracepoint}`;
  const { parameters, first, member, function: named } = needs;
  const fact = (name: string, find: () => boolean) => host.remember(`table ${name}`, find);
  if (parameters !== undefined) {
    const count = host.remember(
      `parameters of ${tracepoint}`,
      () => tracepointParameters(tracepoint, host.types)?.length ?? 0,
    );
    if (count < parameters) return `its tracepoint ${tracepoint} has ${count} arguments, not ${parameters}`;
  }
  if (
    first !== undefined &&
    !fact(`${tracepoint} of ${first}`, () => firstRecord(host, tracepoint) === first)
  )
    return `its tracepoint ${tracepoint} has no struct ${first}`;
  for (const path of member === undefined ? [] : [member].flat())
    if (!fact(`member ${path}`, () => hasMember(host.types, path)))
      return `this kernel's types have no ${path}`;
  if (named !== undefined && !fact(`function ${named}`, () => host.hasFunction(named)))
    return `this kernel has no function ${named}`;
  return undefined;
}
