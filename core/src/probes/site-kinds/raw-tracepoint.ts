import type { FunctionType, Type, TypeSource } from '../../language/types.js';
import type { RawTracepointSite } from '../site.js';
import { type SiteArgument, type SiteDescriber, SiteError } from '../site-layout.js';

const WORD = 8;

const untypedef = (type: Type): Type => (type.kind === 'typedef' ? untypedef(type.to) : type);

/** The kernel describes tracepoint `name` by the typedef btf_trace_<name>, a pointer to its probe function. */
function prototype(tracepoint: string, types: TypeSource): FunctionType {
  const typedef = types.findTypedef(`btf_trace_${tracepoint}`);
  const pointer = typedef && untypedef(typedef);
  const target = pointer?.kind === 'pointer' ? untypedef(pointer.to) : undefined;
  if (target?.kind !== 'function') throw new SiteError(`this kernel has no tracepoint ${tracepoint}`);
  return target;
}

function isRecordPointer(type: Type): boolean {
  const pointer = untypedef(type);
  if (pointer.kind !== 'pointer') return false;
  const target = untypedef(pointer.to);
  return target.kind === 'struct' || target.kind === 'union';
}

/** Whether the running kernel has the tracepoint and says what it carries. */
export function hasTracepoint(tracepoint: string, types: TypeSource): boolean {
  return types.findTypedef(`btf_trace_${tracepoint}`) !== undefined;
}

export const rawTracepointDescriber: SiteDescriber = {
  kind: 'raw-tracepoint',
  layout(base, { types }) {
    const site = base as RawTracepointSite;
    // The first parameter is the registering callback's private data.
    const parameters = prototype(site.tracepoint, types).parameters.slice(1);
    const args = parameters.map(
      (type, i): SiteArgument => ({
        type,
        offset: i * WORD,
        size: WORD,
        ...(isRecordPointer(type) && { trusted: true }),
      }),
    );
    // One program per place, table and guard: probes that differ in any of them cannot share code.
    const group = ['raw-tracepoint', site.tracepoint, site.select?.on ?? '', site.guard ?? ''].join(':');
    return {
      group,
      programType: 'tracing',
      expectedAttach: 'trace_raw_tp',
      attachTo: site.tracepoint,
      args,
    };
  },
};
