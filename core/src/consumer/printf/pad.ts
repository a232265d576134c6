/** Widths and precisions of text. C counts bytes, so text beyond ASCII is measured in UTF-8. */

const ascii = /^[\0-\x7f]*$/;

export function pad(text: string, width: number, left: boolean): string {
  if (width <= 0) return text;
  const length = text.length < width && !ascii.test(text) ? Buffer.byteLength(text) : text.length;
  if (length >= width) return text;
  const spaces = ' '.repeat(width - length);
  return left ? text + spaces : spaces + text;
}

/** At most `precision` bytes; 0 and less mean all of it. */
export function cut(text: string, precision: number): string {
  if (precision <= 0) return text;
  if (ascii.test(text)) return text.length > precision ? text.slice(0, precision) : text;
  return Buffer.from(text).subarray(0, precision).toString('utf8');
}
