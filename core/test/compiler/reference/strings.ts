/** What D's string subroutines give, in the plainest way: on byte strings without NUL. `null`: no string. */

export const strchr = (text: string, c: string): string | null =>
  text.includes(c) ? text.slice(text.indexOf(c)) : null;
export const strrchr = (text: string, c: string): string | null =>
  text.includes(c) ? text.slice(text.lastIndexOf(c)) : null;
export const strstr = (text: string, what: string): string | null =>
  text.includes(what) ? text.slice(text.indexOf(what)) : null;

export function index(text: string, what: string, start = 0n): number {
  const from = start < 0n ? 0 : Number(start < BigInt(text.length) ? start : BigInt(text.length));
  return text.indexOf(what, from);
}

export function rindex(text: string, what: string, start = BigInt(text.length)): number {
  if (start < 0n) return what === '' ? 0 : -1;
  return text.lastIndexOf(what, Number(start < BigInt(text.length) ? start : BigInt(text.length)));
}

/** All tokens one after the other. */
export function tokens(text: string, delimiters: string): string[] {
  const found: string[] = [];
  let token = '';
  for (const c of text) {
    if (!delimiters.includes(c)) token += c;
    else if (token !== '') {
      found.push(token);
      token = '';
    }
  }
  return token === '' ? found : [...found, token];
}

const components = (path: string): string[] => path.split('/').filter((part) => part !== '');

export function dirname(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const cut = trimmed.lastIndexOf('/');
  const rest = cut < 0 ? '' : trimmed.slice(0, cut).replace(/\/+$/, '');
  return rest !== '' ? rest : path.startsWith('/') ? '/' : '.';
}

export function basename(path: string): string {
  return components(path).at(-1) ?? (path.startsWith('/') ? '/' : '.');
}

export function cleanpath(path: string): string {
  if (path === '') return '';
  const absolute = path.startsWith('/');
  const kept: string[] = [];
  for (const part of components(path)) {
    if (part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!absolute) kept.push('..');
  }
  const text = kept.join('/');
  if (absolute) return `/${text}`;
  return text === '' ? '.' : text;
}

export const toupper = (text: string): string => text.replace(/[a-z]/g, (c) => c.toUpperCase());
export const tolower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

export function strtoll(text: string, base = 10): bigint {
  const rest = text.replace(/^[ \t]+/, '');
  const signed = /^[+-]/.test(rest) ? rest.slice(1) : rest;
  const digits = base === 16 ? signed.replace(/^0[xX](?=[0-9a-fA-F])/, '') : signed;
  let value = 0n;
  for (const c of digits) {
    const digit = /[0-9a-z]/i.test(c) ? Number.parseInt(c, 36) : 99;
    if (digit >= base) break;
    value = BigInt.asIntN(64, value * BigInt(base) + BigInt(digit));
  }
  return BigInt.asIntN(64, rest.startsWith('-') ? -value : value);
}

export function inetNtoa6(bytes: Uint8Array, strict: boolean): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const ipv4 = bytes.slice(12).join('.');
  const leading = groups.slice(0, 5).every((group) => group === 0);
  if (leading && groups[5] === 0xffff) return strict ? `::ffff:${ipv4}` : ipv4;
  if (leading && groups[5] === 0 && groups[6] !== 0) return strict ? `::${ipv4}` : ipv4;
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = (list: number[]) => list.map((group) => group.toString(16)).join(':');
  if (best.start < 0) return hex(groups);
  return `${hex(groups.slice(0, best.start))}::${hex(groups.slice(best.start + best.length))}`;
}
