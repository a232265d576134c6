/** Keys of aggregations: decoding, and what makes two of them the same. */
import type { AggregationSchema, Field, ProbeImage } from '../../compiler/image.js';
import { type FieldDecoder, fieldDecoder, sourceOf } from '../decode.js';
import { type SymbolResolver, symbolStart, symbolText } from '../symbols.js';
import { isInteger, type Value } from '../values.js';

export type KeyDecoder = (key: Uint8Array) => Value[];

const nowhere: ProbeImage = { id: 0, provider: '', module: '', function: '', name: '' };

export function keyDecoder(
  schema: AggregationSchema,
  probes: ReadonlyMap<number, ProbeImage>,
  symbols: SymbolResolver,
): KeyDecoder {
  const decoders: readonly FieldDecoder[] = schema.keys.map((field) => fieldDecoder(field, probes));
  return (key) => {
    const source = sourceOf(new DataView(key.buffer, key.byteOffset, key.byteLength));
    return decoders.map((decode) => {
      const value = decode(source, 0, nowhere);
      return typeof value === 'object' && 'address' in value ? symbolStart(symbols, value) : value;
    });
  };
}

/** Whether keys of different bytes may print alike and are then one. */
export function keysMerge(fields: readonly Field[]): boolean {
  return fields.some(
    (field) =>
      field.kind === 'probe' ||
      field.kind === 'user-symbol' ||
      (field.kind === 'integer' && ['symbol', 'function', 'module'].includes(field.display ?? '')),
  );
}

/** Equal for keys that are the same, in one aggregation and across several of one signature. */
export function keyIdentity(values: readonly Value[], symbols: SymbolResolver): string {
  return values.map((value) => identity(value, symbols)).join('\0');
}

function identity(value: Value, symbols: SymbolResolver): string {
  if (isInteger(value)) return value.toString();
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value.kind === 'stack') return `${value.tgid ?? ''}:${value.frames.join()}`;
  // The process of a user symbol counts only where addresses do: libc`read is one function for every process.
  return value.display === 'address' ? `${value.tgid ?? ''}:${value.address}` : symbolText(symbols, value);
}
