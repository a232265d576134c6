import { isScalar, pointee, resolve, sizeOf } from '../../language/types/queries.js';
import type { FunctionType, Type } from '../../language/types.js';
import { registersFor } from '../calling-convention.js';
import type { FunctionSite } from '../site.js';
import { type LayoutContext, type SiteArgument, type SiteDescriber, SiteError } from '../site-layout.js';

const WORD = 8;

/** The kernel lets no tracing program near what its own trampolines call. */
const DENIED: ReadonlySet<string> = new Set([
  'migrate_disable',
  'migrate_enable',
  'rcu_read_unlock_strict',
  'preempt_count_add',
  'preempt_count_sub',
  '__rcu_read_lock',
  '__rcu_read_unlock',
]);

/** Spin locks of the kernel, which is all that programs take. */
export const LOCK_FUNCTION = /^_raw_(spin|read|write)_|^queued_(spin|read|write)_lock|^(do|native)_raw_spin_/;

export function prototypeOf(
  { function: name, module, untyped }: FunctionSite,
  { types }: Pick<LayoutContext, 'types'>,
): FunctionType | undefined {
  return untyped ? undefined : types.findFunction(name, module ?? 'vmlinux');
}

/** The verifier knows what such a pointer leads to. Memory of processes it keeps apart. */
function isTyped(type: Type): boolean {
  const bare = resolve(type);
  if (bare.kind !== 'pointer' || bare.space === 'user') return false;
  const target = resolve(bare.to);
  return (target.kind === 'struct' || target.kind === 'union') && target.size !== undefined;
}

/** Which pointers to other things a program may fetch by itself differs from kernel to kernel; to bytes, all agree. */
function isPlain(type: Type): boolean {
  const target = pointee(type);
  const bare = resolve(target ?? type);
  return target === undefined ? bare.kind !== 'pointer' : bare.kind === 'integer' && bare.size === 1;
}

const isWord = (type: Type): boolean => isScalar(type) && (sizeOf(type, 0) ?? 0) <= WORD;
const isFetchable = (type: Type, { has }: LayoutContext): boolean =>
  isTyped(type) || isPlain(type) || has('get_func_arg');

/** Why a function cannot be reached by fentry and fexit, in words; undefined when it can. */
export function fentryObstacle(site: FunctionSite, context: LayoutContext): string | undefined {
  const type = prototypeOf(site, context);
  if (type === undefined) return 'its type is not known';
  if (site.forced) return 'it has to be made to return, which takes a kprobe';
  if (site.ambiguous) return 'several functions have its name';
  if (DENIED.has(site.function)) return 'the kernel itself needs it for tracing';
  if (type.variadic) return 'it takes any number of arguments';
  if (type.parameters.length > registersFor(context.arch))
    return 'it has more arguments than fit in registers';
  const values = resolve(type.returns).kind === 'void' ? type.parameters : [...type.parameters, type.returns];
  if (!values.every(isWord)) return 'it takes or returns records by value';
  if (!values.every((value) => isFetchable(value, context)))
    return 'this kernel keeps the values of some of its arguments from programs';
  return undefined;
}

function valueAt(type: Type, index: number, through: NonNullable<SiteArgument['through']>): SiteArgument {
  const word = { type, offset: index * WORD, size: WORD } as const;
  if (isTyped(type)) return { ...word, trusted: true, mayBeBad: true };
  return isPlain(type) ? word : { ...word, through };
}

export const fentryDescriber: SiteDescriber = {
  kind: 'fentry',
  portable: true,
  layout(base, context) {
    const site = base as FunctionSite;
    const { function: name, module, at } = site;
    const obstacle = fentryObstacle(site, context);
    const type = prototypeOf(site, context);
    if (obstacle !== undefined || type === undefined)
      throw new SiteError(`${name} cannot be probed by fentry: ${obstacle}`);
    const { parameters, returns } = type;
    const result = () =>
      resolve(returns).kind === 'void' ? [] : [valueAt(returns, parameters.length, 'bpf_get_func_ret')];
    return {
      group: ['fentry', module ?? '', name, at].join(':'),
      programType: 'tracing',
      expectedAttach: at === 'entry' ? 'trace_fentry' : 'trace_fexit',
      attachTo: name,
      ...(module !== undefined && { attachModule: module }),
      ...(LOCK_FUNCTION.test(name) && { insideLocks: true as const }),
      // The program and the trampoline.
      ownFrames: 2,
      args:
        at === 'entry'
          ? parameters.map((parameter, i) => valueAt(parameter, i, 'bpf_get_func_arg'))
          : result(),
    };
  },
};
