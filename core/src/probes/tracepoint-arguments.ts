import type { TypeSource } from '../language/types.js';
import type { ProbeArgument } from './probe.js';
import { tracepointParameters } from './site-kinds/raw-tracepoint.js';
import { typeText } from './type-text.js';

/** What a tracepoint itself carries; undefined when this kernel lacks it. */
export function tracepointArguments(
  tracepoint: string,
  types: TypeSource,
): readonly ProbeArgument[] | undefined {
  return tracepointParameters(tracepoint, types)?.map((type, i) => ({
    type: typeText(type),
    value: `args[${i}]`,
  }));
}
