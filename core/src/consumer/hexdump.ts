/** Bytes as tracemem() shows them: sixteen in a row, their offset before and their characters after them. */

const margin = '     ';
const header = `\n${margin}      ${[...'0123456789abcdef'].map((digit) => `  ${digit}`).join('')}  0123456789abcdef\n`;

export function hexdump(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  let text = header;
  for (let start = 0; start < bytes.length; start += 16) {
    let hex = '';
    let characters = '';
    for (const byte of bytes.subarray(start, start + 16)) {
      hex += ` ${byte.toString(16).padStart(2, '0')}`;
      characters += byte < 0x20 || byte > 0x7e ? '.' : String.fromCharCode(byte);
    }
    text += `${margin}${start.toString(16).padStart(5)}:${hex.padEnd(48)}  ${characters}\n`;
  }
  return text;
}

/**
 * The text in the bytes when they look like a string: printable up to the end or up to a NUL with nothing but NULs
 * after it. Undefined: they are something else.
 */
export function textInBytes(bytes: Uint8Array): string | undefined {
  let end = 0;
  while (end < bytes.length && isText(bytes[end]!)) end++;
  if (end === 0) return undefined;
  for (let rest = end; rest < bytes.length; rest++) if (bytes[rest] !== 0) return undefined;
  return Buffer.from(bytes.subarray(0, end)).toString('latin1');
}

/** Printable or white space, or what only a terminal shows: backspace and bell. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x07 && byte <= 0x0d);
}
