/** What has to be alike for code compiled over one kernel's type to be right on another's. */
import { resolve } from '../language/types/queries.js';
import type { Type } from '../language/types.js';

/** Records are looked into member by member, and pointers followed by the names of what they lead to. */
export function typeShape(type: Type): string {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'integer':
    case 'enum':
      return `${bare.signed ? 's' : 'u'}${bare.size}`;
    case 'float':
      return `f${bare.size}`;
    case 'array':
      return `[]${typeShape(bare.of)}`;
    case 'struct':
    case 'union':
      return 'record';
    default:
      return bare.kind;
  }
}

/** Of an argument, which nothing else names: the record that it leads to as well. */
export function argumentShape(type: Type): string {
  const bare = resolve(type);
  if (bare.kind !== 'pointer') return typeShape(bare);
  const to = resolve(bare.to);
  return 'tag' in to && to.tag !== '' ? `*${to.tag}` : `*${to.kind}`;
}

const SHAPES: Readonly<Record<string, string>> = { s: 'a signed number', u: 'an unsigned number' };

/** As messages name it. */
export function shapeText(shape: string): string {
  const [, sign = '', bytes = ''] = /^([suf])(\d+)(?::.*)?$/.exec(shape) ?? [];
  if (bytes !== '') return `${SHAPES[sign] ?? 'a floating-point number'} of ${bytes} bytes`;
  if (shape.startsWith('[]')) return `an array of ${shapeText(shape.slice(2))}`;
  return shape.startsWith('*') ? `a pointer to ${shape.slice(1)}` : `a ${shape}`;
}
