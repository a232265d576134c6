/** Parameter lists: of functions, of associative arrays, of provider probes. */
import type { Parameter } from '../ast.js';
import { isDynamic, isVoid } from '../types/queries.js';
import type { Type } from '../types.js';
import type { Checking } from './state.js';
import { parameterType } from './type-names.js';

export interface ParameterRules {
  /** `(void)` means no parameters. */
  readonly void?: boolean;
  /** Parameters need no names. */
  readonly anonymous?: boolean;
  /** The parameters these must be named after: those of a probe's untranslated list. */
  readonly formals?: readonly Parameter[];
}

/** The parameter types; undefined when something was reported. */
export function checkParameters(
  c: Checking,
  what: string,
  parameters: readonly Parameter[],
  rules: ParameterRules,
): Type[] | undefined {
  const types = parameters.map((parameter) => parameterType(c, parameter));
  let failed = types.includes(undefined);
  const fail = (...report: Parameters<Checking['bad']>): void => {
    c.bad(...report);
    failed = true;
  };
  let voids = 0;
  for (const [i, parameter] of parameters.entries()) {
    const type = types[i];
    if (!type) continue;
    const { name } = parameter.declarator;
    const shown = { what, type, name: name?.name ?? '(anonymous)', number: i + 1 };
    const nothing = isVoid(type);
    if (nothing) voids++;
    if (isDynamic(type) || (nothing && !rules.void))
      fail('declaration.parameter-type', parameter.span, shown);
    else if (nothing && name) fail('declaration.void-name', parameter.span, { name: name.name });
    else if (name && !matchesFormals(parameters, i, rules)) {
      fail('declaration.parameter-form', parameter.span, {
        ...shown,
        problem: rules.formals ? 'not' : 'already',
      });
    } else if (!name && !nothing && !rules.anonymous)
      fail('declaration.parameter-name', parameter.span, { number: i + 1 });
  }
  const first = parameters[0];
  if (voids > 0 && parameters.length > 1 && first) fail('declaration.void-sole', first.span);
  if (failed) return undefined;
  return voids > 0 ? [] : types.filter((type) => type !== undefined);
}

/** A name may not be used twice; names of a translated list must be among the formals. */
function matchesFormals(parameters: readonly Parameter[], i: number, rules: ParameterRules): boolean {
  const name = parameters[i]?.declarator.name?.name;
  const named = (parameter: Parameter): boolean => parameter.declarator.name?.name === name;
  return rules.formals ? rules.formals.some(named) : !parameters.slice(0, i).some(named);
}
