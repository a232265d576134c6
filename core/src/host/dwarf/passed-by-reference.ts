import type { Member, Type } from '../../language/types.js';
import { AT, CALLING, TAG } from './constants.js';
import type { Entry } from './unit.js';

/**
 * Whether functions get a pointer to a copy of a record: C++ objects that have to be copied or destroyed by code of theirs,
 * or whose parts have. Some compilers say so; of others, it is seen by what the class declares.
 */
export function isPassedByReference(record: Entry, members: readonly Member[]): boolean {
  const { unit } = record;
  const said = unit.number(record, AT.callingConvention);
  if (said !== undefined) return said === CALLING.passByReference;
  const name = unit.text(record, AT.name)?.replace(/<.*$/s, '') ?? '';
  const methods = [...unit.children(record)].filter(({ tag }) => tag === TAG.subprogram);
  return methods.some((method) => isOwnCode(method, name)) || members.some(({ type }) => isReferred(type));
}

function isReferred(type: Type): boolean {
  if (type.kind === 'typedef') return isReferred(type.to);
  if (type.kind === 'array') return isReferred(type.of);
  return (type.kind === 'struct' || type.kind === 'union') && type.passedByReference === true;
}

/** A virtual function, a destructor or a constructor that copies, which somebody wrote. */
function isOwnCode(method: Entry, name: string): boolean {
  const { unit, attributes } = method;
  if ((unit.number(method, AT.virtuality) ?? 0) > 0) return true;
  if (attributes.has(AT.artificial) || attributes.has(AT.defaulted)) return false;
  const own = unit.text(method, AT.name);
  return own === `~${name}` || (own === name && copies(method));
}

/** Its only parameter behind the object is a reference to another. */
function copies(method: Entry): boolean {
  const { unit } = method;
  const parameters = [...unit.children(method)].filter(({ tag }) => tag === TAG.formalParameter);
  const other = parameters[1];
  const type = parameters.length === 2 && other ? unit.within(other, AT.type) : undefined;
  return type !== undefined && REFERENCES.has(type.tag);
}

const REFERENCES: ReadonlySet<number> = new Set([TAG.reference, TAG.rvalueReference]);
