/** Short forms of trees, so that a table of expectations can be read. */
import type {
  Declarator,
  Expression,
  Specifiers,
  Statement,
  TopLevel,
  TypeName,
} from '../../../src/language/ast.js';
import { messageText } from '../../../src/language/messages.js';
import { type ProgramOptions, parseProgram } from '../../../src/language/parser/index.js';
import type { Span } from '../../../src/language/source.js';

export function parse(text: string, options: ProgramOptions = {}) {
  return parseProgram({ name: 'test.d', text }, options);
}

/** `D_SYNTAX 3-4 syntax error near "}" (expected ';')` for each diagnostic. */
export function complaints(text: string, options: ProgramOptions = {}): string[] {
  return parse(text, options).diagnostics.map(
    (d) =>
      `${d.tag} ${d.span?.start}-${d.span?.end} ${messageText(d)}${d.hint === undefined ? '' : ` (${d.hint})`}`,
  );
}

export function written(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

type Shown = { readonly [K in Expression['kind']]: (e: Extract<Expression, { kind: K }>) => string };
const list = (items: readonly Expression[]) => items.map(show).join(' ');

const expressions: Shown = {
  integer: (e) => `${e.value}${e.suffix}`,
  character: (e) => `char:${e.value}`,
  float: (e) => `float:${e.text}`,
  string: (e) => JSON.stringify(e.value),
  identifier: (e) => e.name,
  symbol: (e) => `${e.module}\`${e.name}`,
  scoped: (e) => `${e.scope}->${e.name}`,
  macro: (e) => e.name,
  aggregation: (e) => (e.keys ? `(@${e.name} ${list(e.keys)})` : `@${e.name}`),
  call: (e) => `(call ${[e.callee, ...e.arguments].map(show).join(' ')})`,
  index: (e) => `(index ${show(e.object)} ${list(e.keys)})`,
  member: (e) => `(${e.arrow ? '->' : '.'} ${show(e.object)} ${e.name.name})`,
  unary: (e) => `(${e.operator} ${show(e.operand)})`,
  update: (e) => (e.prefix ? `(${e.operator}_ ${show(e.operand)})` : `(_${e.operator} ${show(e.operand)})`),
  binary: (e) => `(${e.operator} ${show(e.left)} ${show(e.right)})`,
  conditional: (e) => `(? ${show(e.condition)} ${show(e.then)} ${show(e.else)})`,
  assignment: (e) => `(${e.operator} ${show(e.target)} ${show(e.value)})`,
  comma: (e) => `(, ${show(e.left)} ${show(e.right)})`,
  cast: (e) => `(cast ${showType(e.type)} ${show(e.operand)})`,
  sizeof: (e) => `(sizeof ${e.operand.kind === 'type-name' ? showType(e.operand) : show(e.operand)})`,
  offsetof: (e) => `(offsetof ${showType(e.type)} ${e.member.name})`,
  stringof: (e) => `(stringof ${show(e.operand)})`,
  xlate: (e) => `(xlate ${showType(e.type)} ${show(e.operand)})`,
};

export function show(e: Expression): string {
  return (expressions[e.kind] as (e: Expression) => string)(e);
}

export function showSpecifiers({ storage, qualifiers, type }: Specifiers): string {
  const words = [...storage.map((s) => s.name), ...qualifiers];
  const module = 'module' in type && type.module !== undefined ? `${type.module}\`` : '';
  if (type.kind === 'words') words.push(type.words.join('+') as never);
  else if (type.kind === 'string') words.push('string' as never);
  else if (type.kind === 'name') words.push(`<${module}${type.name}>` as never);
  else if (type.kind === 'typeof') words.push('typeof' as never);
  else {
    const parts =
      type.kind === 'enum'
        ? type.enumerators?.map((e) => e.name.name + (e.value ? `=${show(e.value)}` : ''))
        : type.members?.map(
            (m) =>
              `${showSpecifiers(m.specifiers)} ${m.declarators
                .map((d) => showDeclarator(d.declarator) + (d.bits ? `:${show(d.bits)}` : ''))
                .join(',')}`,
          );
    const body = parts ? `{${parts.map((p) => p.trim()).join('; ')}}` : '';
    words.push(`${type.kind} ${module}${type.tag ?? ''}${body}`.trim() as never);
  }
  return words.join(' ').trim();
}

/** Reads left to right: `fp: pointer to function(int) returning …` is `fp *(int)`. */
export function showDeclarator({ name, modifiers }: Declarator): string {
  const parts = modifiers.map((m) => {
    if (m.kind === 'pointer') return `*${m.qualifiers.join(' ')}`;
    if (m.kind === 'array') return `[${m.size ? show(m.size) : ''}]`;
    if (m.kind === 'keys') return `{${m.keys.map(showType).join(', ')}}`;
    const parameters = m.parameters.map((p) =>
      `${showSpecifiers(p.specifiers)} ${showDeclarator(p.declarator)}`.trim(),
    );
    return `(${[...parameters, ...(m.variadic ? ['...'] : [])].join(', ')})`;
  });
  return [name?.name, ...parts].filter((part) => part !== undefined).join(' ');
}

export function showType({ specifiers, declarator }: TypeName): string {
  return `${showSpecifiers(specifiers)} ${showDeclarator(declarator)}`.trim();
}

export function showStatement(s: Statement): string {
  switch (s.kind) {
    case 'expression':
      return `${show(s.value)};`;
    case 'empty':
      return ';';
    case 'declaration':
      return `${showSpecifiers(s.specifiers)} ${s.declarators
        .map((d) => showDeclarator(d.declarator) + (d.initializer ? ` = ${show(d.initializer)}` : ''))
        .join(', ')};`;
    case 'block':
      return `{ ${s.statements.map(showStatement).join(' ')} }`;
    case 'if':
      return `if ${show(s.condition)} ${showStatement(s.then)}${s.else ? ` else ${showStatement(s.else)}` : ''}`;
    case 'while':
      return `while ${show(s.condition)} ${showStatement(s.body)}`;
    case 'do':
      return `do ${showStatement(s.body)} while ${show(s.condition)};`;
    case 'for':
      return `for [${s.init ? showStatement(s.init) : ''}|${s.condition ? show(s.condition) : ''}|${s.step ? show(s.step) : ''}] ${showStatement(s.body)}`;
    case 'return':
      return s.value ? `return ${show(s.value)};` : 'return;';
    case 'break':
    case 'continue':
      return `${s.kind};`;
  }
}

type ShownTop = { readonly [K in TopLevel['kind']]: (d: Extract<TopLevel, { kind: K }>) => string };

const topLevels: ShownTop = {
  clause: (d) => {
    const probes = d.probes.map((p) =>
      p.kind === 'probe-id' ? `#${p.id}` : [p.provider, p.module, p.function, p.name].join(':'),
    );
    const predicate = d.predicate ? ` /${show(d.predicate)}/` : '';
    return `${probes.join(', ')}${predicate}${d.body ? ` { ${d.body.map(showStatement).join(' ')} }` : ''}`;
  },
  declaration: showStatement,
  inline: (d) => `${showSpecifiers(d.specifiers)} ${showDeclarator(d.declarator)} = ${show(d.value)}`,
  translator: (d) =>
    `translator ${showType(d.output)} < ${showType(d.input)} ${d.parameter.name} > { ${d.members.map((m) => `${m.name.name} = ${show(m.value)};`).join(' ')} }`,
  provider: (d) =>
    `provider ${d.name.name} { ${d.probes.map((p) => p.name.name + showParameters(p.parameters) + (p.translated ? `:${showParameters(p.translated)}` : '')).join('; ')} }`,
  function: (d) => `${showSpecifiers(d.specifiers)} ${showDeclarator(d.declarator)} ${showStatement(d.body)}`,
  pragma: (d) =>
    `#pragma${d.addressed ? ' D' : ''} ${[d.name, ...d.arguments.map((a) => (a.quoted ? JSON.stringify(a.text) : a.text))].join(' ')}`,
};

function showParameters(
  parameters: Extract<TopLevel, { kind: 'provider' }>['probes'][number]['parameters'],
): string {
  return `(${parameters.map((p) => `${showSpecifiers(p.specifiers)} ${showDeclarator(p.declarator)}`.trim()).join(', ')})`;
}

export function showTop(d: TopLevel): string {
  return (topLevels[d.kind] as (d: TopLevel) => string)(d);
}
