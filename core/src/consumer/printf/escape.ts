/** %S and %C: characters a terminal would not show, written as C escapes. */

const named: ReadonlyMap<number, string> = new Map([
  [0x00, '\\0'],
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

export function escapeText(text: string): string {
  let escaped = '';
  for (const byte of Buffer.from(text)) escaped += escapeByte(byte);
  return escaped;
}

export function escapeByte(byte: number): string {
  const name = named.get(byte);
  if (name !== undefined) return name;
  if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, '0')}`;
}
