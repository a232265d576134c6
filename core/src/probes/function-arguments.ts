import { resolve } from '../language/types/queries.js';
import type { TypeSource } from '../language/types.js';
import type { ProbeArgument } from './probe.js';
import type { FunctionSite } from './site.js';
import { prototypeOf } from './site-kinds/fentry.js';
import { typeText } from './type-text.js';

/** What a function's site itself carries: its parameters, or its result if it has one. Nothing for untyped ones. */
export function functionArguments(site: FunctionSite, types: TypeSource): readonly ProbeArgument[] {
  const type = prototypeOf(site, { types });
  if (type === undefined) return [];
  const { parameters, returns } = type;
  const values = site.at === 'entry' ? parameters : resolve(returns).kind === 'void' ? [] : [returns];
  return values.map((value, i) => ({ type: typeText(value), value: `args[${i}]` }));
}
