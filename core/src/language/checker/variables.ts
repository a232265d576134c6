/** Variables as they come into being. */
import type { Target, Variable } from '../checked.js';
import type { Type } from '../types.js';
import type { VariableSymbol } from './scope.js';
import type { Checking } from './state.js';

/** Gives a variable its type, for good. */
export function defineVariable(
  symbol: VariableSymbol,
  type: Type,
  keys: Type[] | undefined,
  id: number,
): Variable {
  const { scope, name, span } = symbol;
  const variable: Variable = { id, scope, name, type, span, ...(keys && { keys }) };
  symbol.variable = variable;
  if (keys) symbol.keys = keys;
  return variable;
}

/** The symbol behind an assigned variable or element. */
export function symbolOf(c: Checking, place: Target): VariableSymbol | undefined {
  if (place.kind === 'load') return undefined;
  const { scope, name } = place.variable;
  if (scope !== 'global') return c.scope[scope].get(name);
  const entity = c.scope.globals.get(name);
  return entity?.kind === 'variable' ? entity.symbol : undefined;
}

function symbols(c: Checking): VariableSymbol[] {
  const globals = [...c.scope.globals.values()].flatMap((entity) =>
    entity.kind === 'variable' ? [entity.symbol] : [],
  );
  return [...globals, ...c.scope.self.values(), ...c.scope.this.values()];
}

/** Id of a variable whose first value was reported as wrong: it exists, so that its uses are not reported too. */
export const ERRONEOUS = -1;

export function erroneousVariables(c: Checking): VariableSymbol[] {
  return symbols(c).filter(({ variable }) => variable?.id === ERRONEOUS);
}

/** All variables that have a type. */
export function definedVariables(c: Checking): Variable[] {
  return symbols(c)
    .flatMap((symbol) => (symbol.variable && symbol.variable.id >= 0 ? [symbol.variable] : []))
    .sort((a, b) => a.id - b.id);
}
