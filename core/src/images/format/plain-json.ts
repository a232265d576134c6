/** Plain data as JSON: with large numbers, maps and bytes, which JSON has no words for. */
import { ImageError } from '../image-error.js';

const BIG = '$n';
const MAP = '$map';
const BYTES = '$bytes';

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIG]: String(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { [MAP]: [...value].map(([key, each]) => [toJson(key), toJson(each)]) };
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
}

export const writePlain = (value: unknown): Buffer => Buffer.from(JSON.stringify(toJson(value)));

const isPair = (value: unknown): value is [unknown, unknown] => Array.isArray(value) && value.length === 2;

function fromJson(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BIG in value) return BigInt(value[BIG] as string);
  if (BYTES in value) return Buffer.from(String(value[BYTES]), 'base64');
  if (!(MAP in value)) return value;
  const entries: unknown = value[MAP];
  if (!Array.isArray(entries) || !entries.every(isPair)) throw new SyntaxError('a map has no pairs');
  return new Map(entries);
}

/** `section`: for the message of the `ImageError` that is thrown where it is no such text. */
export function readPlain(bytes: Uint8Array, section: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString(), fromJson);
  } catch {
    throw new ImageError(`the image is damaged: section ${section} cannot be read`);
  }
}
