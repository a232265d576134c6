/**
 * Escapes of strings and character constants. D decodes C's escapes to bytes; a backslash before any other
 * character stays, which existing scripts rely on.
 *
 * Decoded text is UTF-16 like all text here. Bytes that an escape puts together and that are not UTF-8 are kept
 * as the lone surrogates U+DC80…U+DCFF, and `bytesOfText` turns them back.
 */
import { loneByte } from '../text-bytes.js';

const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};
const escapeShape = /\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|([abtnvfr"\\])|(\r?\n))/g;

export function decodeEscapes(raw: string): string {
  if (!raw.includes('\\')) return raw;
  let highBytes = false;
  const text = raw.replace(
    escapeShape,
    (_, octal?: string, hex?: string, letter?: string, newline?: string) => {
      if (newline !== undefined) return '';
      const code =
        octal !== undefined
          ? Number.parseInt(octal, 8) & 0xff
          : hex !== undefined
            ? Number.parseInt(hex, 16)
            : simple[letter ?? ''];
      if (code === undefined) return '';
      if (code < 0x80) return String.fromCharCode(code);
      highBytes = true;
      return String.fromCharCode(loneByte + code);
    },
  );
  return highBytes ? joinBytes(text) : text;
}

/** Runs of escaped bytes that are valid UTF-8 together become the characters they encode. */
function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]+/g, (run: string, at: number) => {
    // The second half of a surrogate pair is no byte of ours.
    const before = at > 0 ? text.charCodeAt(at - 1) : 0;
    const skip = before >= 0xd800 && before <= 0xdbff ? 1 : 0;
    const bytes = Uint8Array.from(Array.from(run.slice(skip), (c) => c.charCodeAt(0) - loneByte));
    try {
      return run.slice(0, skip) + new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return run;
    }
  });
}
