/** How typed values lie in keys and records: the bridge from D's types to the consumer's `Field`. */
import type { ActionStmt, Expr } from '../language/checked.js';
import { INT64 } from '../language/types/basic.js';
import { asInteger, isString, resolve, sizeOf } from '../language/types/queries.js';
import type { Type } from '../language/types.js';
import { capacityOf } from './capacity.js';
import type { Field } from './image.js';
import type { CompileOptions } from './options.js';
import { refuse } from './refusals.js';

/** A `Field` without its place, and the bytes it takes there. */
export interface FieldShape {
  readonly make: (offset: number) => Field;
  readonly size: number;
  readonly align: number;
}

export const align = (offset: number, to: number): number => Math.ceil(offset / to) * to;

const PROBE_PARTS: Readonly<Record<string, Extract<Field, { kind: 'probe' }>['part']>> = {
  probeprov: 'provider',
  probemod: 'module',
  probefunc: 'function',
  probename: 'name',
};

const SYMBOLS: Readonly<Record<string, 'symbol' | 'function' | 'module' | 'address'>> = {
  sym: 'symbol',
  func: 'function',
  mod: 'module',
  usym: 'symbol',
  ufunc: 'function',
  umod: 'module',
  uaddr: 'address',
};

/** Frames of a stack(), ustack() or jstack() expression: its constant argument or the option. */
export function stackFrames(expr: Expr, options: CompileOptions): number {
  const { name = 'stack', arguments: [given] = [] } = expr.kind === 'call' ? expr : {};
  const wanted = given?.kind === 'constant' ? Number(given.value) : options[FRAMES[name] ?? 'stackframes'];
  const limit = name === 'stack' ? MOST_KERNEL_FRAMES : Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(wanted, limit, options.maxframes ?? limit));
}

/** The kernel records no more unless sysctl kernel.perf_event_max_stack says so. */
const MOST_KERNEL_FRAMES = 127;

const FRAMES: Readonly<Record<string, 'stackframes' | 'ustackframes' | 'jstackframes'>> = {
  stack: 'stackframes',
  ustack: 'ustackframes',
  jstack: 'jstackframes',
};

/**
 * Where a value goes. Keys keep strings at their full capacity in place; in records longer ones go to the end. The
 * keys of elements are looked up by what they are: there, two probes with one name must not make two keys.
 */
export type Place = 'aggregation-key' | 'element-key' | 'record';

export function fieldShape(expr: Expr, options: CompileOptions, place: Place): FieldShape {
  if (expr.kind === 'builtin' && place !== 'element-key') {
    const part = PROBE_PARTS[expr.name];
    if (part)
      return {
        make: (offset) => ({ kind: 'probe', part, offset }),
        size: place === 'record' ? 0 : 4,
        align: place === 'record' ? 1 : 4,
      };
  }
  if (expr.kind === 'call') {
    const display = SYMBOLS[expr.name];
    if (display && expr.name.startsWith('u')) {
      return { make: (offset) => ({ kind: 'user-symbol', offset, display }), size: 16, align: 8 };
    }
    if (display && display !== 'address') {
      return {
        make: (offset) => ({ kind: 'integer', offset, size: 8, signed: false, display }),
        size: 8,
        align: 8,
      };
    }
  }
  return typeShape(expr, expr.type, options, place);
}

/** The shape of a key that has room for the values of all expressions which are it somewhere. */
export function commonShape(exprs: readonly Expr[], options: CompileOptions, place: Place): FieldShape {
  const shapes = exprs.map((expr) => fieldShape(expr, options, place));
  const other = place === 'aggregation-key' ? shapes.findIndex((each) => !alike(each, shapes[0]!)) : -1;
  if (other < 0) return shapes.reduce((a, b) => (extent(b) > extent(a) ? b : a));
  // Names of a probe that are not the same part of it, or that are beside other strings, are strings like them.
  if (exprs.every(({ type }) => isString(type))) return commonShape(exprs, options, 'element-key');
  const [here, elsewhere] = [exprs[other]!, exprs[0]!].map((expr) => (expr.kind === 'call' ? expr.name : ''));
  return refuse('aggregation.key-display', exprs[other]!.span, { here: here!, elsewhere: elsewhere! });
}

/** Whether the same bytes read the same: types do not tell which part of a probe or a symbol is shown. */
function alike(a: FieldShape, b: FieldShape): boolean {
  const [one, two] = [a.make(0), b.make(0)];
  if (one.kind === 'probe' || two.kind === 'probe')
    return one.kind === two.kind && 'part' in one && 'part' in two && one.part === two.part;
  return shownPart(one) === shownPart(two);
}

const shownPart = (field: Field): 'module' | 'address' | undefined =>
  'display' in field && (field.display === 'module' || field.display === 'address')
    ? field.display
    : undefined;

/** Bytes of the field itself: the space it takes is rounded up, and says less about how long a string may be. */
function extent(shape: FieldShape): number {
  const field = shape.make(0);
  return 'size' in field ? field.size : shape.size;
}

const LONGEST_STRING_IN_PLACE = 32;

function typeShape(expr: Expr, type: Type, options: CompileOptions, place: Place): FieldShape {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'string': {
      const size = capacityOf(expr, options.strsize);
      if (place === 'record' && size > LONGEST_STRING_IN_PLACE) {
        return { make: (offset) => ({ kind: 'long-string', offset }), size: 8, align: 4 };
      }
      return { make: (offset) => ({ kind: 'string', offset, size }), size: align(size, 8), align: 8 };
    }
    case 'opaque': {
      const frames = stackFrames(expr, options);
      if (bare.name === 'stack')
        return { make: (offset) => ({ kind: 'stack', offset, frames }), size: 8 + 8 * frames, align: 8 };
      if (bare.name === 'ustack' || bare.name === 'jstack') {
        const generated = bare.name === 'jstack' ? ({ generated: true } as const) : {};
        return {
          make: (offset) => ({ kind: 'ustack', offset, frames, ...generated }),
          size: 16 + 8 * frames,
          align: 8,
        };
      }
      break;
    }
    // Programs do not calculate with floating point: the bytes go to the consumer.
    case 'float':
    case 'struct':
    case 'union':
    case 'array': {
      const size = sizeOf(type, options.strsize) ?? 0;
      return { make: (offset) => ({ kind: 'bytes', offset, size }), size: align(size, 8), align: 8 };
    }
    case 'pointer':
      return {
        make: (offset) => ({ kind: 'integer', offset, size: 8, signed: false, display: 'pointer' }),
        size: 8,
        align: 8,
      };
    default:
  }
  const integer = asInteger(type);
  const size = integer && integer.size !== 16 ? integer.size : 8;
  const signed = integer?.signed ?? true;
  const display = integer?.kind === 'integer' && integer.char ? ('char' as const) : undefined;
  return {
    make: (offset) => ({ kind: 'integer', offset, size, signed, ...(display ? { display } : {}) }),
    size,
    align: size,
  };
}

/** Lays shapes out one after another from `start`. */
export function layoutFields(shapes: readonly FieldShape[], start: number): { fields: Field[]; end: number } {
  let offset = start;
  const fields = shapes.map((shape) => {
    offset = align(offset, shape.align);
    const field = shape.make(offset);
    offset += shape.size;
    return field;
  });
  return { fields, end: offset };
}

/** stack(n) and ustack(n) written as actions, as the expression that has the same value. */
export function ustackLike(stmt: ActionStmt): Expr {
  const depth = stmt.constants?.[0];
  const name = stmt.name === 'stack' ? 'stack' : stmt.name === 'jstack' ? 'jstack' : 'ustack';
  return {
    kind: 'call',
    name,
    span: stmt.span,
    type: { kind: 'opaque', name, size: 8 },
    arguments:
      typeof depth === 'bigint' ? [{ kind: 'constant', value: depth, type: INT64, span: stmt.span }] : [],
  };
}
