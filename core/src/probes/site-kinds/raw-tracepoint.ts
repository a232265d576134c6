import type { IntegerType, Type, TypeSource } from '../../language/types.js';
import type { RawTracepointSite } from '../site.js';
import { type SiteArgument, type SiteDescriber, SiteError } from '../site-layout.js';

const WORD = 8;
const UNSIGNED_LONG: IntegerType = { kind: 'integer', name: 'unsigned long', size: 8, signed: false };

/**
 * Tracepoints with an argument that may be an error number in place of a pointer: the verifier takes that argument for a
 * number then, on kernels that know of it, and a typed program could not be the same everywhere.
 */
const POISONED: ReadonlySet<string> = new Set(['mr_integ_alloc', 'signal_deliver', 'signal_generate']);

/** Passed through with any of the kernel's locks half taken, the allocator's among them. */
const IN_LOCKS: ReadonlySet<string> = new Set(['contention_begin', 'contention_end']);

const untypedef = (type: Type): Type => (type.kind === 'typedef' ? untypedef(type.to) : type);

/**
 * What tracepoint `name` carries: the kernel describes it by the typedef btf_trace_<name>, a pointer to its probe
 * function. Undefined when the kernel has no such tracepoint.
 */
export function tracepointParameters(tracepoint: string, types: TypeSource): readonly Type[] | undefined {
  const typedef = types.findTypedef(`btf_trace_${tracepoint}`);
  const target = typedef && pointee(typedef);
  // The first parameter is the registering callback's private data.
  return target?.kind === 'function' ? target.parameters.slice(1) : undefined;
}

const isRecord = ({ kind }: Type): boolean => kind === 'struct' || kind === 'union';

const pointee = (type: Type): Type | undefined => {
  const pointer = untypedef(type);
  return pointer.kind === 'pointer' ? untypedef(pointer.to) : undefined;
};

/** The verifier knows what such a pointer leads to and lets a program read it directly. */
function isTrusted(type: Type): boolean {
  const target = pointee(type);
  return target !== undefined && isRecord(target) && 'size' in target && target.size !== undefined;
}

const PLAIN: ReadonlySet<Type['kind']> = new Set(['integer', 'enum']);

/**
 * A typed program may not even fetch arguments of other kinds: pointers to functions, unions passed by value and, on
 * some kernels, pointers to constant bytes of no type.
 */
function isTypeable(type: Type): boolean {
  return isTrusted(type) || PLAIN.has((pointee(type) ?? untypedef(type)).kind);
}

/** Whether the running kernel has the tracepoint and says what it carries. */
export function hasTracepoint(tracepoint: string, types: TypeSource): boolean {
  return types.findTypedef(`btf_trace_${tracepoint}`) !== undefined;
}

function whyNot(tracepoint: string, types: TypeSource): string {
  const untold = types.findRecord('struct', 'task_struct') === undefined;
  const why = untold
    ? ' that it tells of: it was built without BTF (-x btf=FILE names a file that does)'
    : '';
  return `this kernel has no tracepoint ${tracepoint}${why}`;
}

export const rawTracepointDescriber: SiteDescriber = {
  kind: 'raw-tracepoint',
  portable: true,
  layout(base, { types, has }) {
    const site = base as RawTracepointSite;
    const parameters = tracepointParameters(site.tracepoint, types);
    if (parameters === undefined) throw new SiteError(whyNot(site.tracepoint, types));
    const typed = has('tp_btf') && parameters.every(isTypeable) && !POISONED.has(site.tracepoint);
    const args = parameters.map((type, i): SiteArgument => {
      const word = { offset: i * WORD, size: WORD } as const;
      if (isRecord(untypedef(type))) return { ...word, type: UNSIGNED_LONG };
      return { ...word, type, ...(typed && isTrusted(type) && { trusted: true }) };
    });
    // One program per place, table and guard: probes that differ in any of them cannot share code.
    const group = ['raw-tracepoint', site.tracepoint, site.select?.on ?? '', site.guard ?? ''].join(':');
    const common = {
      group,
      args,
      // The program, bpf_trace_run<n> and __bpf_trace_<tracepoint>.
      ownFrames: 3,
      ...(IN_LOCKS.has(site.tracepoint) && { mustNotAllocate: true as const }),
    };
    if (!typed) return { ...common, programType: 'raw_tracepoint' };
    return {
      ...common,
      programType: 'tracing',
      expectedAttach: 'trace_raw_tp',
      attachTo: site.tracepoint,
    };
  },
};
