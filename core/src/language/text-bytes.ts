/**
 * Texts of D as bytes. Bytes that are not UTF-8, which escapes such as `\\xc0` write, are lone surrogates in our texts:
 * U+DC80 to U+DCFF.
 */
export const loneByte = 0xdc00;

/** The bytes a decoded text stands for in the traced program. */
export function bytesOfText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return new TextEncoder().encode(text);
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - loneByte);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}
