/** Structs, unions and enums: declared in D, or referred to by their tag. */
import type { EnumType as EnumSyntax, MemberDeclaration, RecordType as RecordSyntax } from '../ast.js';
import { nextToken } from '../lexer/trivia.js';
import type { DiagnosticExtras } from '../messages.js';
import type { Span } from '../source.js';
import { INT } from '../types/basic.js';
import { layoutRecord, type MemberSpecification } from '../types/layout.js';
import { asRecord, isDynamic, isFunction, isVoid, resolve, sizeOf } from '../types/queries.js';
import type { EnumType, RecordType, Type } from '../types.js';
import { constant } from './build.js';
import { constantValue } from './constants.js';
import { checkValue } from './expressions.js';
import { isPredefined } from './identifiers.js';
import type { Checking } from './state.js';
import { baseType, withModifiers } from './type-names.js';
import { constantOf, isBad } from './values.js';

export function declareRecord(c: Checking, syntax: RecordSyntax): Type | undefined {
  const { kind, tag = '', module } = syntax;
  const key = `${kind} ${tag}`;
  if (!syntax.members) {
    return c.findTag(kind, tag, module === '' ? undefined : module) ?? forward(c, kind, tag);
  }
  const previous = tag === '' ? undefined : c.scope.tags.get(key);
  if (previous && asRecord(previous)?.members) {
    c.bad('declaration.type-redeclared', syntax.span, { name: key });
    return undefined;
  }
  // Members may point to the record itself, so the tag is known before they are.
  const record: Mutable<RecordType> = forwardType(kind, tag);
  if (tag !== '') c.scope.tags.set(key, record);
  const specifications = syntax.members.flatMap((member) => memberSpecifications(c, member));
  reportTwice(c, syntax);
  const { size, align, members } = layoutRecord(kind, tag, specifications, c.strsize);
  return Object.assign(record, { size, align, members });
}

function reportTwice(c: Checking, { members = [] }: RecordSyntax): void {
  const names = new Set<string>();
  for (const { name, span } of members.flatMap(({ declarators }) =>
    declarators.flatMap(({ declarator }) => declarator.name ?? []),
  )) {
    if (names.has(name)) c.bad('declaration.member-twice', span, { name });
    names.add(name);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const forwardType = (kind: 'struct' | 'union', tag: string): RecordType => ({
  kind,
  tag,
  size: undefined,
  align: 1,
  members: undefined,
});

function forward(c: Checking, kind: 'struct' | 'union', tag: string): Type {
  const type = forwardType(kind, tag);
  c.scope.tags.set(`${kind} ${tag}`, type);
  return type;
}

function memberSpecifications(c: Checking, syntax: MemberDeclaration): MemberSpecification[] {
  const base = baseType(c, syntax.specifiers.type);
  if (!base)
    return syntax.declarators.map(({ declarator }) => ({ name: declarator.name?.name ?? '', type: INT }));
  if (syntax.declarators.length === 0) {
    if (asRecord(base)) return [{ name: '', type: base }];
    c.bad('declaration.member-name', syntax.span);
    return [];
  }
  return syntax.declarators.flatMap(({ declarator, bits }) => {
    const type = withModifiers(c, base, declarator.modifiers);
    const name = declarator.name?.name ?? '';
    // A member that was reported takes the place of some member, so that the record is still complete.
    if (!type || !acceptsMember(c, type, name, syntax)) return [{ name, type: INT }];
    if (!bits) return [{ name, type }];
    const width = bitWidth(c, type, name, bits);
    return width === undefined ? [] : [{ name, type, bits: width }];
  });
}

function acceptsMember(c: Checking, type: Type, name: string, { span }: MemberDeclaration): boolean {
  const record = asRecord(type);
  const bare = resolve(type);
  const incomplete = (record && !record.size) || (bare.kind === 'enum' && !bare.enumerators);
  if (incomplete) c.bad('declaration.incomplete', span, { type, name });
  else if (isDynamic(type)) c.bad('declaration.dynamic', span, { name });
  else if (isVoid(type) || isFunction(type) || sizeOf(type, c.strsize) === undefined)
    c.bad('declaration.void-member', span, { name });
  else return true;
  return false;
}

function bitWidth(
  c: Checking,
  type: Type,
  name: string,
  bits: NonNullable<MemberDeclaration['declarators'][number]['bits']>,
): number | undefined {
  const value = checkValue(c, bits);
  if (isBad(value)) return undefined;
  const width = constantOf(value);
  if (name === '' && width === 0n) return 0;
  const shown = { name: name === '' ? '(anon)' : name };
  const bare = resolve(type);
  if (width === undefined || width <= 0n) c.bad('declaration.bit-size', bits.span, shown);
  else if (bare.kind !== 'integer') c.bad('declaration.bit-type', bits.span, shown);
  else if (width > BigInt(bare.size * 8)) c.bad('declaration.bit-large', bits.span, shown);
  else return Number(width);
  return undefined;
}

const after = ({ source, end }: Span): DiagnosticExtras => ({ noticed: nextToken(source.text, end) });

const intMaximum = 0x7fff_ffffn;

export function declareEnum(c: Checking, syntax: EnumSyntax): Type | undefined {
  const { tag = '', module } = syntax;
  const key = `enum ${tag}`;
  if (!syntax.enumerators) {
    const known = c.findTag('enum', tag, module === '' ? undefined : module);
    if (known) return known;
    const unknown: EnumType = { kind: 'enum', tag, size: 4, signed: true, enumerators: undefined };
    c.scope.tags.set(key, unknown);
    return unknown;
  }
  const previous = tag === '' ? undefined : c.scope.tags.get(key);
  if (previous?.kind === 'enum' && previous.enumerators) {
    c.bad('declaration.type-redeclared', syntax.span, { name: key });
    return undefined;
  }
  const enumerators = new Map<string, bigint>();
  const type: EnumType = { kind: 'enum', tag, size: 4, signed: true, enumerators };
  if (tag !== '') c.scope.tags.set(key, type);
  let next = 0n;
  for (const { name, value, span } of syntax.enumerators) {
    const given = value ? enumeratorValue(c, name.name, value, enumerators) : next;
    if (given === undefined) continue;
    if (given > intMaximum || given < -intMaximum - 1n) {
      c.bad('declaration.enumerator-large', span, { name: name.name }, after(span));
      continue;
    }
    if (enumerators.has(name.name)) {
      c.bad('declaration.enumerator-twice', name.span, { name: name.name }, after(span));
      continue;
    }
    enumerators.set(name.name, given);
    next = given + 1n;
    declareEnumerator(c, name.name, given, type, name.span);
  }
  return type;
}

/** Enumerators may be defined by earlier ones of the same enum. */
function enumeratorValue(
  c: Checking,
  name: string,
  value: NonNullable<NonNullable<EnumSyntax['enumerators']>[number]['value']>,
  earlier: ReadonlyMap<string, bigint>,
): bigint | undefined {
  const frame = new Map([...earlier].map(([other, known]) => [other, constant(INT, known, value.span)]));
  return c.nested(frame, () =>
    constantValue(c, value, 'declaration.enumerator-constant', { name }, after(value.span)),
  );
}

function declareEnumerator(
  c: Checking,
  name: string,
  value: bigint,
  type: Type,
  span: Parameters<Checking['bad']>[1],
): void {
  const { globals } = c.scope;
  if (globals.has(name) || isPredefined(name)) c.bad('declaration.redeclared', span, { name });
  else globals.set(name, { kind: 'constant', value, type, span });
}
