import { Cursor } from '../unwind/cursor.js';
import { FORM } from './constants.js';

export interface AttributeShape {
  readonly attribute: number;
  readonly form: number;
  /** Of DW_FORM_implicit_const: the value, which entries leave out. */
  readonly constant?: number;
}

/** What entries of one kind consist of. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

/** The table at an offset of .debug_abbrev, by the codes entries begin with. */
export function readAbbreviations(section: Buffer, offset: number): ReadonlyMap<number, Abbreviation> {
  const cursor = new Cursor(section, 0, offset);
  const table = new Map<number, Abbreviation>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes: AttributeShape[] = [];
    for (;;) {
      const attribute = cursor.uleb();
      const form = cursor.uleb();
      const constant = form === FORM.implicitConst ? { constant: cursor.sleb() } : {};
      if (attribute === 0 && form === 0) break;
      attributes.push({ attribute, form, ...constant });
    }
    table.set(code, { tag, hasChildren, attributes });
  }
  return table;
}
