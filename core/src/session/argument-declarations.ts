import type { GlobalScope } from '../language/checker/index.js';
import type { CheckContext } from '../language/context.js';
import { checkAll, Diagnostics, parseSource } from './front-end.js';

/**
 * Takes the declarations that probes' arguments need into a scope, each text once. What contradicts the script is left
 * out: the script knows what it wants.
 */
export function declareArguments(scope: GlobalScope): (text: string, context: CheckContext) => void {
  const known = new Set<string>();
  return (text, context) => {
    if (known.has(text)) return;
    known.add(text);
    const unheard = new Diagnostics();
    const reading = { preprocessing: {}, external: undefined, allowEmpty: true };
    const program = parseSource({ name: '(probe)', text }, context.types, scope, reading, unheard);
    checkAll([program], context, scope, unheard);
  };
}
