import type { FunctionType } from '../../language/types.js';
import { AT, CALLING, LANGUAGE_GO, LANGUAGE_RUST, TAG } from './constants.js';
import type { DebugInfo } from './debug-info.js';
import type { DwarfTypes } from './types.js';
import type { Entry } from './unit.js';

/** What debugging information says of a function. */
export interface FunctionDescription {
  readonly type: FunctionType;
  /** Languages that do not promise to pass records as C does. */
  readonly ownConvention: boolean;
}

/** The entry that says it: a function's code may refer to its definition, and that to a declaration. */
function* described(info: DebugInfo, entry: Entry): Generator<Entry> {
  for (let each: Entry | undefined = entry; each !== undefined; ) {
    yield each;
    each = info.reference(each, AT.abstractOrigin) ?? info.reference(each, AT.specification);
  }
}

/** The type of a function; undefined where its code is called in a way that only its compiler knows. */
export function describeFunction(
  info: DebugInfo,
  types: DwarfTypes,
  entry: Entry,
): FunctionDescription | undefined {
  const entries = [...described(info, entry)];
  const calling = entries.map((each) => each.unit.number(each, AT.callingConvention));
  if (calling.includes(CALLING.noCall)) return undefined;
  // Parameters that the code does without are missing where it is described, not in the definition it was made from.
  const origin = info.reference(entry, AT.abstractOrigin) ?? entry;
  const children = [...origin.unit.children(origin)];
  const parameters = children.filter(({ tag }) => tag === TAG.formalParameter);
  const language = entry.unit.number(entry.unit.root, AT.language);
  return {
    type: {
      kind: 'function',
      returns: types.typeOf(entries.find((each) => each.attributes.has(AT.type))),
      parameters: parameters.map((parameter) => types.typeOf(parameter)),
      variadic: children.some(({ tag }) => tag === TAG.unspecifiedParameters),
    },
    ownConvention: language === LANGUAGE_RUST || language === LANGUAGE_GO,
  };
}
