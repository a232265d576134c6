import type { EventValue } from '../events-types.js';

/** A value in one line. Of a stack, what `frames` makes of the names, innermost first. */
export function plainText(
  value: EventValue,
  frames: (names: readonly string[]) => string = (names) => names.join(';'),
): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object') return String(value);
  return 'frames' in value ? frames(value.frames.map(({ text }) => text)) : value.text;
}
