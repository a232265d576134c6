import { asRecord, findMember } from '../language/types/queries.js';
import type { TypeSource } from '../language/types.js';
import { functionMeans, hasTracepoint, NO_MEANS } from './site-kinds/index.js';
import { tracepointParameters } from './site-kinds/raw-tracepoint.js';

/** A kernel tracepoint; or where a function of the kernel is entered or returns, on kernels that let those be probed. */
export type TablePlace =
  | { readonly tracepoint: string }
  | { readonly entry: string }
  | { readonly return: string };

export const placeName = (place: TablePlace): string =>
  'tracepoint' in place ? place.tracepoint : 'entry' in place ? place.entry : place.return;

/** What a table asks of the machine: a `Host` has it. */
export interface Machine {
  readonly arch: 'x64' | 'arm64';
  readonly types: TypeSource;
  readonly tracepoints: ReadonlyMap<string, string>;
  readonly traceable: readonly { readonly module: string; readonly typed: readonly string[] }[];
  has(feature: string): boolean;
  hasFunction(name: string): boolean;
  remember<T extends number | boolean>(name: string, find: () => T): T;
}

const VMLINUX = 'vmlinux';

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

/** Why a function of the kernel cannot be probed, in words. */
function lacksFunction(host: Machine, name: string): string | undefined {
  if (functionMeans(host).length === 0) return `it stands on functions of the kernel, and ${NO_MEANS}`;
  const listed = () => host.traceable.some(({ module, typed }) => module === VMLINUX && typed.includes(name));
  return host.remember(`table probe ${name}`, listed)
    ? undefined
    : `this kernel has no function ${name} that can be probed`;
}

function lacksPlace(host: Machine, place: TablePlace): string | undefined {
  const name = placeName(place);
  if (!('tracepoint' in place)) return lacksFunction(host, name);
  return exists(host, name) ? undefined : `this kernel has no tracepoint ${name}`;
}

/** What the kernel lacks of it, in words; undefined when it has all. */
export function lacks(host: Machine, place: TablePlace, needs: Needs = {}): string | undefined {
  if (needs.arch !== undefined && needs.arch !== host.arch) return `it is known for ${needs.arch} only`;
  const absent = lacksPlace(host, place);
  if (absent !== undefined) return absent;
  const tracepoint = placeName(place);
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
