/** BPF registers: R0 result, R1..R5 arguments (clobbered by calls), R6..R9 kept, R10 frame pointer. */
export type Reg = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Width of a memory access in bytes. */
export type Width = 1 | 2 | 4 | 8;

/**
 * What an instruction refers to, resolved by `assemble` (labels) or by the loader (everything else).
 * - `label`: jump target, or static subprogram for `call`.
 * - `map`: a map's file descriptor; with `valueOffset` the address inside the first value of an array map.
 * - `kfunc`: a kernel function by name. `helper` calls carry their number in `imm` and need no reference.
 * - `func`: address of a static subprogram (callbacks).
 */
export type Reference =
  | { readonly kind: 'label'; readonly name: string }
  | { readonly kind: 'map'; readonly name: string; readonly valueOffset?: number }
  | { readonly kind: 'kfunc'; readonly name: string }
  | { readonly kind: 'func'; readonly name: string };

/**
 * One BPF instruction as plain data. `imm` is a bigint only for the two-slot 64-bit load.
 * `label` names this position; `source` is opaque to this package and carried through to line tables.
 */
export interface Instruction {
  readonly opcode: number;
  readonly dst: Reg;
  readonly src: number;
  readonly offset: number;
  readonly imm: number | bigint;
  readonly reference?: Reference;
  readonly label?: string;
  readonly source?: number;
}
