/** Types as text, the way DTrace writes them in messages and in print(). */
import type { Type } from '../types.js';
import { resolve } from './queries.js';

const opaqueNames: Readonly<Record<string, string>> = {
  stack: 'stack',
  ustack: 'stack',
  jstack: 'stack',
  symaddr: '_symaddr',
  usymaddr: '_usymaddr',
  dynamic: 'dynamic variable',
};

/** `unsigned int`, `struct task_struct *`, `char [16]`, `function pointer`, … */
export function typeName(type: Type): string {
  const prefix = type.kind === 'pointer' && type.space === 'user' ? 'userland ' : '';
  return prefix + plainName(type);
}

function plainName(type: Type): string {
  switch (type.kind) {
    case 'integer':
    case 'float':
    case 'typedef':
      return type.name;
    case 'void':
    case 'string':
      return type.kind;
    case 'struct':
    case 'union':
    case 'enum':
      return `${type.kind} ${type.tag === '' ? '(anon)' : type.tag}`;
    case 'opaque':
      return opaqueNames[type.name] ?? type.name;
    case 'function':
      return 'function';
    case 'pointer':
      return type.to.kind === 'function' ? 'function pointer' : pointerName(type.to);
    case 'array':
      return arrayName(type);
  }
}

function pointerName(to: Type): string {
  const inner = plainName(to);
  if (to.kind === 'array') return inner.replace(' [', ' (*)[');
  return inner.endsWith('*') ? `${inner}*` : `${inner} *`;
}

/** C writes the outer dimension first: an array of 2 arrays of 3 is `int [2][3]`. */
function arrayName(type: Type): string {
  let dimensions = '';
  let element = type;
  while (element.kind === 'array') {
    dimensions += `[${element.length ?? ''}]`;
    element = element.of;
  }
  return `${plainName(element)} ${dimensions}`;
}

/** The name of the kind of thing an aggregation key or a message speaks of when the type is dynamic. */
export function bareName(type: Type): string {
  return plainName(resolve(type));
}
