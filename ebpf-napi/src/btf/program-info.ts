import { BtfBuilder } from './writer.js';

/** A function of a program. `slot` counts 8-byte slots of code; the entry function is at slot 0. */
export interface ProgramFunction {
  readonly name: string;
  readonly slot: number;
}

/** A line of source for the verifier's log. Lines and columns count from 1. */
export interface ProgramLine {
  readonly slot: number;
  readonly file: string;
  /** The text of the line. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** What `BPF_PROG_LOAD` takes beside the code: BTF to load first, and two tables that refer to it. */
export interface ProgramInfo {
  readonly btf: Uint8Array;
  /** Records of `FUNC_INFO_BYTES`. */
  readonly funcInfo: Uint8Array;
  /** Records of `LINE_INFO_BYTES`; empty without lines. */
  readonly lineInfo: Uint8Array;
}

export const FUNC_INFO_BYTES = 8;
export const LINE_INFO_BYTES = 16;

/** Bits of the column in a line record. */
const COLUMN_BITS = 10;

function table(rows: readonly (readonly number[])[]): Uint8Array {
  const words = Uint32Array.from(rows.flat());
  return new Uint8Array(words.buffer);
}

/** Records of a func_info table, in the order of slots that the kernel demands. `typeId` is a `func`. */
export function encodeFuncInfo(
  functions: readonly { readonly slot: number; readonly typeId: number }[],
): Uint8Array {
  return table([...functions].sort((a, b) => a.slot - b.slot).map(({ slot, typeId }) => [slot, typeId]));
}

/** Records of a line_info table, in the order of slots; the strings go to `builder`. */
export function encodeLineInfo(builder: BtfBuilder, lines: readonly ProgramLine[]): Uint8Array {
  const lastColumn = (1 << COLUMN_BITS) - 1;
  return table(
    [...lines]
      .sort((a, b) => a.slot - b.slot)
      .map(({ slot, file, text, line, column }) => [
        slot,
        builder.string(file),
        builder.string(text),
        ((line << COLUMN_BITS) | Math.min(column, lastColumn)) >>> 0,
      ]),
  );
}

/** Name that the kernel accepts in BTF: an identifier. */
const identifier = (name: string): string => name.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_');

/**
 * BTF, func_info and line_info of a program. The entry is a global function, the others are static, which the
 * verifier checks in the context of each call. No prototype has parameters: the verifier would compare them with
 * the registers of each call and only fill its log with what does not match.
 */
export function programInfo(
  functions: readonly ProgramFunction[],
  lines: readonly ProgramLine[] = [],
): ProgramInfo {
  const builder = new BtfBuilder();
  const int = builder.int('int', 4, true);
  const proto = builder.add({ kind: 'func_proto', name: '', returns: int, params: [], variadic: false });
  const entries = functions.map(({ name, slot }) => {
    const linkage = slot === 0 ? 'global' : 'static';
    return { slot, typeId: builder.add({ kind: 'func', name: identifier(name), type: proto, linkage }) };
  });
  const funcInfo = encodeFuncInfo(entries);
  const lineInfo = encodeLineInfo(builder, lines);
  return { btf: builder.build(), funcInfo, lineInfo };
}
