/** What the numbers of an image depend on: facts of a kernel, of a machine, of a run. Plain data, part of the file. */

export interface TypeRoot {
  readonly kind: 'struct' | 'union' | 'typedef';
  readonly name: string;
  readonly module?: string;
}

/** A way through types, from one that has a name. */
export interface TypePath {
  readonly root: TypeRoot;
  /** Names of members; `[]` is an element of an array, `*` what a pointer leads to, `?name` the nameless member with `name`. */
  readonly steps: readonly string[];
}

export const UNNAMED = '?';

/** Where a site's arguments are described: by a tracepoint or a kernel function, or by that and its result. */
export interface ArgumentPlace {
  readonly kind: 'tracepoint' | 'function' | 'result';
  readonly name: string;
  readonly module?: string;
}

export type Quantity =
  /**
   * Bytes to a member from the record that the first `from` steps lead to. Of a bit field: to its unit, `position` its
   * first bit, counted from the record, and `bit` that bit's place in the unit.
   */
  | { readonly kind: 'offset' | 'position'; readonly path: TypePath; readonly from: number }
  | { readonly kind: 'bit'; readonly path: TypePath }
  /** Bytes of the record at the end of the path. */
  | { readonly kind: 'size'; readonly path: TypePath }
  /** Without an enumeration's tag: whichever has a constant of this name. */
  | { readonly kind: 'enumerator'; readonly name: string; readonly tag?: string }
  | { readonly kind: 'address'; readonly symbol: string; readonly module?: string }
  /** Nothing moves where arguments do: that they are what they were is all that is asked. */
  | { readonly kind: 'argument'; readonly place: ArgumentPlace; readonly index: number }
  | { readonly kind: 'cpus' }
  /** $pid, $target, … of the process that runs the image. */
  | { readonly kind: 'macro'; readonly name: string };

const pathText = ({ root, steps }: TypePath): string =>
  steps.reduce<string>(
    (text, step) =>
      step === '[]' ? `${text}[]` : step === '*' ? `*(${text})` : `${text}.${step.replace(UNNAMED, '')}`,
    root.kind === 'typedef' ? root.name : `${root.kind} ${root.name}`,
  );

const inModule = (name: string, module: string | undefined): string =>
  module === undefined ? name : `${module}\`${name}`;

function argumentText({ kind, name, module }: ArgumentPlace, index: number): string {
  const place = `${kind === 'tracepoint' ? kind : 'function'} ${inModule(name, module)}`;
  return kind === 'result' ? `the prototype of ${place}` : `args[${index}] of ${place}`;
}

/** As messages name it. */
export function quantityText(quantity: Quantity): string {
  switch (quantity.kind) {
    case 'offset':
    case 'position':
    case 'bit':
    case 'size':
      return pathText(quantity.path);
    case 'enumerator':
      return `the constant ${quantity.name}`;
    case 'address':
      return `the symbol ${inModule(quantity.symbol, quantity.module)}`;
    case 'argument':
      return argumentText(quantity.place, quantity.index);
    case 'cpus':
      return 'the number of CPUs';
    case 'macro':
      return `$${quantity.name}`;
  }
}

export const quantityKey = (quantity: Quantity): string => JSON.stringify(quantity);
