/** Kernel variables and functions: `` `name `` and `` module`name ``. */
import type { Expression } from '../ast.js';
import { pointerTo } from '../types/basic.js';
import { constant, load } from './build.js';
import type { Checking } from './state.js';
import type { Value } from './values.js';

export function checkSymbol(c: Checking, e: Extract<Expression, { readonly kind: 'symbol' }>): Value {
  const module = e.module === '' || e.module === 'vmlinux' ? undefined : e.module;
  const declared = e.module === 'D' || e.module === '' ? c.scope.externs.get(e.name) : undefined;
  const known = c.context.types.findSymbol(e.name, module);
  const type = declared ?? known?.type;
  if (!type) return c.bad('symbol.undefined', e.span, { name: `${e.module}\`${e.name}` });
  const address = c.unevaluated === 0 ? known?.address : 0n;
  if (address === undefined) return c.bad('symbol.no-address', e.span, { name: `${e.module}\`${e.name}` });
  return load(type, constant(pointerTo(type), address, e.span), e.span);
}
