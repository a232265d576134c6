/** Reads values out of record and key bytes. A schema is turned into closures once; records only run them. */
import type { Field, ProbeImage } from '../compiler/image.js';
import type { Integer, StackValue, SymbolValue, Value } from './values.js';

/** One mapped ring or one key: the same bytes twice, for numbers and for text. */
export interface Source {
  readonly view: DataView;
  readonly bytes: Buffer;
}

/** `base`: where the record starts in the source. */
export type FieldDecoder = (source: Source, base: number, probe: ProbeImage) => Value;

type FieldOf<K extends Field['kind']> = Extract<Field, { readonly kind: K }>;

export function sourceOf(view: DataView): Source {
  return { view, bytes: Buffer.from(view.buffer, view.byteOffset, view.byteLength) };
}

/** In keys a probe's names are looked up by id; in records (no table) they are those of the record's probe. */
export function fieldDecoder(field: Field, probes?: ReadonlyMap<number, ProbeImage>): FieldDecoder {
  const { offset } = field;
  switch (field.kind) {
    case 'integer':
      return field.display === 'symbol' || field.display === 'function' || field.display === 'module'
        ? kernelSymbolDecoder(offset, field.display === 'module' ? 'module' : 'symbol')
        : integerDecoder(field);
    case 'string':
      return ({ bytes }, base) => readString(bytes, base + offset, base + offset + field.size);
    case 'long-string':
      return ({ view, bytes }, base) => {
        const start = base + view.getUint32(base + offset, true);
        return readString(bytes, start, start + view.getUint32(base + offset + 4, true));
      };
    case 'bytes':
      // A copy: the ring's memory is reused as soon as the record is consumed.
      return ({ bytes }, base) =>
        Uint8Array.prototype.slice.call(bytes, base + offset, base + offset + field.size);
    case 'stack':
      return ({ view }, base) => readStack(view, base + offset, field.frames);
    case 'ustack':
      return ({ view }, base) => ({
        ...readStack(view, base + offset + 8, field.frames),
        tgid: view.getUint32(base + offset, true),
      });
    case 'user-symbol':
      return userSymbolDecoder(field);
    case 'probe':
      return probeDecoder(field, probes);
  }
}

/** An 8-byte integer, as a number when it is exact. */
export function readInteger64(view: DataView, at: number, signed: boolean): Integer {
  const high = signed ? view.getInt32(at + 4, true) : view.getUint32(at + 4, true);
  if (high < 0x20_0000 && high >= -0x20_0000) return high * 0x1_0000_0000 + view.getUint32(at, true);
  return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
}

/** Text up to the first NUL or the limit. Bytes that are no UTF-8 become U+FFFD. */
export function readString(bytes: Buffer, start: number, limit: number): string {
  let end = start;
  let seen = 0;
  for (; end < limit; end++) {
    const byte = bytes[end]!;
    if (byte === 0) break;
    seen |= byte;
  }
  if (end === start) return '';
  return bytes.toString(seen < 0x80 ? 'latin1' : 'utf8', start, end);
}

function integerDecoder({ offset, size, signed }: FieldOf<'integer'>): FieldDecoder {
  const readers: Record<1 | 2 | 4 | 8, FieldDecoder> = {
    1: signed
      ? ({ view }, base) => view.getInt8(base + offset)
      : ({ view }, base) => view.getUint8(base + offset),
    2: signed
      ? ({ view }, base) => view.getInt16(base + offset, true)
      : ({ view }, base) => view.getUint16(base + offset, true),
    4: signed
      ? ({ view }, base) => view.getInt32(base + offset, true)
      : ({ view }, base) => view.getUint32(base + offset, true),
    8: ({ view }, base) => readInteger64(view, base + offset, signed),
  };
  return readers[size];
}

function kernelSymbolDecoder(offset: number, display: SymbolValue['display']): FieldDecoder {
  return ({ view }, base) => ({ kind: 'symbol', display, address: view.getBigUint64(base + offset, true) });
}

function userSymbolDecoder({ offset, display }: FieldOf<'user-symbol'>): FieldDecoder {
  const shown = display === 'function' ? 'symbol' : display;
  return ({ view }, base) => ({
    kind: 'symbol',
    display: shown,
    tgid: view.getUint32(base + offset, true),
    address: view.getBigUint64(base + offset + 8, true),
  });
}

function probeDecoder(
  { offset, part }: FieldOf<'probe'>,
  probes: ReadonlyMap<number, ProbeImage> | undefined,
): FieldDecoder {
  if (!probes) return (_source, _base, probe) => probe[part];
  return ({ view }, base) => probes.get(view.getUint32(base + offset, true))?.[part] ?? '';
}

function readStack(view: DataView, at: number, limit: number): StackValue {
  const used = Math.min(view.getUint32(at, true), limit);
  const frames: bigint[] = [];
  for (let frame = 0; frame < used; frame++) {
    const address = view.getBigUint64(at + 8 + 8 * frame, true);
    if (address === 0n) break;
    frames.push(address);
  }
  return { kind: 'stack', frames };
}
