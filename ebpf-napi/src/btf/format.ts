import { BtfError } from './error.js';
import type { Btf } from './reader.js';
import type { BtfComposite, BtfEnum, BtfEnum64, BtfFuncProto, BtfType } from './types.js';

export interface FormatOptions {
  /** Show type tags the way the kernel's sources do, as in `char __user *`. Off by default. */
  readonly tags?: boolean;
}

/** Types visited by one call. Types that refer to each other without end, or fan out endlessly, run into it. */
const BUDGET = 100_000;
const MAX_DEPTH = 256;

const KEYWORD: Partial<Record<BtfType['kind'], string>> = {
  struct: 'struct ',
  union: 'union ',
  enum: 'enum ',
  enum64: 'enum ',
};

/** Puts a type before a declarator, which may be empty. */
const before = (type: string, declarator: string): string =>
  declarator === '' ? type : `${type} ${declarator}`;

/** `*p` must be in parentheses before `[n]` or `(args)`; tags may stand before the asterisk. */
const postfixed = (declarator: string): string =>
  /^(__\w+ )*\*/.test(declarator) ? `(${declarator})` : declarator;

/** Writes declarations of one BTF, from the outside of the type inwards as C's declarators nest. */
class Declarations {
  #visited = 0;
  #depth = 0;

  constructor(
    readonly btf: Btf,
    readonly options: FormatOptions,
  ) {}

  /** `id` declared as `declarator`; `qualifiers` are those seen on the way in, each followed by a space. */
  declare(id: number, declarator: string, indent: string, qualifiers = ''): string {
    if (++this.#visited > BUDGET || this.#depth >= MAX_DEPTH) {
      throw new BtfError(`BTF type ${id} refers to itself or is too deep to print`);
    }
    this.#depth++;
    const text = this.#declare(this.btf.type(id), declarator, indent, qualifiers);
    this.#depth--;
    return text;
  }

  #declare(type: BtfType, declarator: string, indent: string, qualifiers: string): string {
    switch (type.kind) {
      case 'const':
      case 'volatile':
      case 'restrict':
        return this.declare(type.type, declarator, indent, `${qualifiers}${type.kind} `);
      case 'type_tag': {
        const tag = this.options.tags === true ? `__${type.name} ` : '';
        return this.declare(type.type, `${tag}${declarator}`, indent, qualifiers);
      }
      case 'ptr': {
        const pointer = `*${qualifiers}${declarator}`;
        return this.declare(type.type, declarator === '' ? pointer.trimEnd() : pointer, indent);
      }
      case 'array':
        return this.declare(type.element, `${postfixed(declarator)}[${type.length}]`, indent, qualifiers);
      case 'func_proto':
        return this.declare(
          type.returns,
          `${postfixed(declarator)}(${this.parameters(type, indent)})`,
          indent,
        );
      case 'func':
      case 'var':
        return this.declare(type.type, type.name, indent);
      default:
        return before(`${qualifiers}${this.base(type, indent)}`, declarator);
    }
  }

  parameters({ params, variadic }: BtfFuncProto, indent: string): string {
    const list = params.map(({ name, type }) => this.declare(type, name, indent));
    if (variadic) list.push('...');
    return list.length === 0 ? 'void' : list.join(', ');
  }

  /** A type that declarators do not reach into; anonymous ones with their body. */
  base(type: BtfType, indent: string): string {
    if (type.kind === 'void') return 'void';
    if (type.kind === 'fwd') return `${type.of} ${type.name}`;
    if (type.name === '' && (type.kind === 'struct' || type.kind === 'union'))
      return this.members(type, indent);
    if (type.name === '' && (type.kind === 'enum' || type.kind === 'enum64'))
      return this.values(type, indent);
    return `${KEYWORD[type.kind] ?? ''}${type.name}`;
  }

  members({ kind, name, members }: BtfComposite, indent: string): string {
    const inner = `${indent}\t`;
    const lines = members.map((member) => {
      const width = member.bitfieldSize > 0 ? `: ${member.bitfieldSize}` : '';
      return `${inner}${this.declare(member.type, member.name, inner)}${width};\n`;
    });
    return `${before(kind, name)} {\n${lines.join('')}${indent}}`;
  }

  values({ name, values }: BtfEnum | BtfEnum64, indent: string): string {
    const lines = values.map((entry) => `${indent}\t${entry.name} = ${entry.value},\n`);
    return `${before('enum', name)} {\n${lines.join('')}${indent}}`;
  }
}

/**
 * A C declaration of `name` with the given type, without the semicolon: `int (*fn)(struct foo *, long)`; without
 * a name the type alone: `char *`. Functions and variables bring their own name. Throws `BtfError` if the type
 * refers to itself in a way that C cannot write.
 */
export function formatDeclaration(btf: Btf, id: number, name = '', options: FormatOptions = {}): string {
  return new Declarations(btf, options).declare(id, name, '');
}

/**
 * The C definition of a struct, union, enum, typedef, function or variable, ended by a semicolon, several lines
 * indented by tabs. Other kinds have none and are declared.
 */
export function formatDefinition(btf: Btf, id: number, options: FormatOptions = {}): string {
  const type = btf.type(id);
  const declarations = new Declarations(btf, options);
  if (type.kind === 'struct' || type.kind === 'union') return `${declarations.members(type, '')};`;
  if (type.kind === 'enum' || type.kind === 'enum64') return `${declarations.values(type, '')};`;
  if (type.kind === 'typedef') return `typedef ${declarations.declare(type.type, type.name, '')};`;
  return `${declarations.declare(id, '', '')};`;
}
