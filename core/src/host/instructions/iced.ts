import type * as Iced from 'iced-x86';
import { loadPackage } from '../load-optional.js';

export type { Iced };

let loaded: typeof Iced | undefined;

/** The decoder of x86-64, loaded when it is needed first. Objects it makes are to be freed: WebAssembly's memory is not collected. */
export function iced(): typeof Iced {
  loaded ??= loadPackage<typeof Iced>('iced-x86');
  return loaded;
}

const BITS = 64;

/** One object takes every instruction in turn: it is the visitor's as long as it is called. */
export function decodeEach(
  code: Uint8Array,
  address: number,
  visit: (instruction: Iced.Instruction, address: number) => void,
): void {
  const { Decoder, DecoderOptions, Instruction } = iced();
  const decoder = new Decoder(BITS, code, DecoderOptions.None);
  const decoded = new Instruction();
  try {
    decoder.ip = BigInt(address);
    while (decoder.canDecode) {
      const at = address + decoder.position;
      decoder.decodeOut(decoded);
      visit(decoded, at);
    }
  } finally {
    decoded.free();
    decoder.free();
  }
}
