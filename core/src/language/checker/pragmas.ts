/** `#pragma D …` */
import type { Pragma, PragmaArgument } from '../ast.js';
import type { CheckedProgram } from '../checked.js';
import { parseFlag, parseSize } from '../option-values.js';
import { optionProblem, optionProblemText, options } from '../options.js';
import { isPredefined } from './identifiers.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';

type Option = CheckedProgram['options'][number];
type Checker = (c: Checking, pragma: Pragma) => Option | undefined;

const checkers: Readonly<Record<string, Checker>> = {
  attributes,
  binding,
  depends_on: dependsOn,
  error,
  option,
  ident: nothing,
  line: nothing,
};

/** The option it sets, if it sets one. */
export function checkPragma(c: Checking, pragma: Pragma): Option | undefined {
  // C compilers ignore pragmas that are not for them, and so does D; `#pragma error` is for everybody.
  if (!pragma.addressed && pragma.name !== 'error') return undefined;
  const checker = checkers[pragma.name];
  if (checker) return checker(c, pragma);
  c.bad('pragma.unknown', pragma.span, { name: pragma.name }, didYouMean(pragma.name, Object.keys(checkers)));
  return undefined;
}

function nothing(): undefined {
  return undefined;
}

function error(c: Checking, pragma: Pragma): undefined {
  c.bad('pragma.error', pragma.span, { text: pragma.arguments.map(({ text }) => text).join(' ') });
  return undefined;
}

const libraryOnly = new Set([
  'ldpath',
  'modpath',
  'syslibdir',
  'libdir',
  'procfspath',
  'ctfpath',
  'cpppath',
  'core',
  'lockmem',
]);

function option(c: Checking, pragma: Pragma): Option | undefined {
  const [first, ...more] = pragma.arguments;
  if (!first || first.quoted) return malformed(c, pragma, '<option>=<value>');
  if (more.length > 0) {
    c.bad('pragma.superfluous', pragma.span, { name: 'option' });
    return undefined;
  }
  const [, name = '', value] = /^([^=]*)=?(.*)$/s.exec(first.text) ?? [];
  const text = first.text.includes('=') ? value : undefined;
  const problem = optionProblem(name, text);
  const shown = { name, setting: text === undefined ? '' : ` to '${text}'` };
  if (libraryOnly.has(name)) {
    c.bad('pragma.option', first.span, {
      ...shown,
      problem: 'Option cannot be used from within a D program',
    });
  } else if (problem !== undefined) {
    const hint = problem === 'name' ? didYouMean(name, options.keys()) : {};
    c.bad('pragma.option', first.span, { ...shown, problem: optionProblemText(name, problem) }, hint);
  } else {
    remember(c, name, text);
    return { name, span: pragma.span, ...(text !== undefined && { value: text }) };
  }
  return undefined;
}

const flags = {
  destructive: 'destructive',
  defaultargs: 'defaultArguments',
  zdefs: 'zeroMatches',
  argref: 'unusedArguments',
} as const;

/** Options that checking itself depends on. */
function remember({ scope: { settings } }: Checking, name: string, value: string | undefined): void {
  if (name in flags) settings[flags[name as keyof typeof flags]] = parseFlag(value) === true;
  const size = parseSize(value ?? '');
  if (size === undefined) return;
  if (name === 'strsize') settings.strsize = size + 1;
  if (name === 'scratchsize') settings.scratchsize = size;
}

function malformed(c: Checking, pragma: Pragma, form: string): undefined {
  c.bad('pragma.malformed', pragma.span, { name: pragma.name, form });
  return undefined;
}

const stabilities = [
  'Internal',
  'Private',
  'Obsolete',
  'External',
  'Unstable',
  'Evolving',
  'Stable',
  'Standard',
];
const classes = ['Unknown', 'CPU', 'Platform', 'Group', 'ISA', 'Common'];

/** `name-stability/data-stability/dependency-class` */
export function isAttributes(text: string): boolean {
  const [name = '', data = '', dependency = '', ...more] = text.split('/');
  const known = (part: string, list: readonly string[]): boolean =>
    list.some((word) => word.toLowerCase() === part.toLowerCase());
  return (
    more.length === 0 && known(name, stabilities) && known(data, stabilities) && known(dependency, classes)
  );
}

function attributes(c: Checking, pragma: Pragma): undefined {
  const [attribute, target, part] = pragma.arguments;
  if (!attribute || !target) return malformed(c, pragma, '<attributes> <ident>');
  if (!isAttributes(attribute.text)) return invalid(c, pragma, 'attributes');
  if (target.text === 'provider' || part) return undefined;
  return attach(c, pragma, target);
}

function binding(c: Checking, pragma: Pragma): undefined {
  const [version, target] = pragma.arguments;
  if (!version?.quoted || !target) return malformed(c, pragma, '"version" <ident>');
  if (!/^\d+(\.\d+){0,2}$/.test(version.text)) return invalid(c, pragma, 'version');
  return attach(c, pragma, target);
}

/** The name may be defined later in the program; what never is, is reported at its end. */
function attach(c: Checking, pragma: Pragma, { text: name }: PragmaArgument): undefined {
  if (isPredefined(name)) {
    c.bad('pragma.scope', pragma.span, { name: pragma.name, target: name });
  } else if (!isDefined(c, name)) {
    c.scope.pendingPragmas.set(name, { pragma: pragma.name, span: pragma.span });
  }
  return undefined;
}

const isDefined = (c: Checking, name: string): boolean =>
  c.scope.globals.has(name) || c.scope.providers.has(name);

export function reportUnusedPragmas(c: Checking): void {
  for (const [name, { pragma, span }] of c.scope.pendingPragmas) {
    if (!isDefined(c, name)) c.bad('pragma.unused', span, { name: pragma, target: name });
  }
  c.scope.pendingPragmas.clear();
}

function invalid(c: Checking, pragma: Pragma, problem: string): undefined {
  c.bad('pragma.invalid', pragma.span, { name: pragma.name, problem });
  return undefined;
}

function dependsOn(c: Checking, pragma: Pragma): undefined {
  const [kind, name] = pragma.arguments;
  if (!kind || !name) return malformed(c, pragma, '<class> <name>');
  switch (kind.text) {
    case 'library':
      // Libraries come before scripts in any case; only they depend on each other.
      if (c.context.library === false) c.bad('pragma.library', pragma.span, { target: name.text });
      return undefined;
    case 'provider':
    case 'module':
      if (c.context.dependency?.(kind.text, name.text) === false) {
        c.bad('pragma.dependency', pragma.span, { kind: kind.text, target: name.text });
      }
      return undefined;
    default:
      return invalid(c, pragma, 'dependency');
  }
}
