/** How many bytes, NUL included, any value of a string expression fits in: keys and records keep natural sizes. */

import type { Expr } from '../language/checked.js';
import { bytesOfText } from '../language/text-bytes.js';
import { resolve } from '../language/types/queries.js';

const PROBE_PARTS = new Set(['probeprov', 'probemod', 'probefunc', 'probename']);
/** As the kernel bounds them: module and function names and ours. */
const PROBE_PART_CAPACITY = 128;
const COMM = 16;

export function capacityOf(expr: Expr, strsize: number): number {
  return Math.min(strsize, unbounded(expr, strsize));
}

function unbounded(expr: Expr, strsize: number): number {
  switch (expr.kind) {
    case 'string':
      return bytesOfText(expr.value).length + 1;
    case 'builtin':
      if (expr.name === 'execname') return COMM;
      return PROBE_PARTS.has(expr.name) ? PROBE_PART_CAPACITY : strsize;
    case 'conditional':
      return Math.max(unbounded(expr.then, strsize), unbounded(expr.else, strsize));
    case 'comma':
      return unbounded(expr.right, strsize);
    case 'let':
      return unbounded(expr.body, strsize);
    case 'assign':
      return unbounded(expr.value, strsize);
    case 'stringof': {
      const from = resolve(expr.operand.type);
      return from.kind === 'array' && from.length !== undefined ? from.length + 1 : strsize;
    }
    case 'call':
      return (CALLS[expr.name] ?? (() => strsize))(expr.arguments, strsize);
    default:
      return strsize;
  }
}

type CallCapacity = (args: readonly Expr[], strsize: number) => number;
const ofFirst: CallCapacity = (args, strsize) => (args[0] ? unbounded(args[0], strsize) : strsize);

const CALLS: Readonly<Record<string, CallCapacity>> = {
  lltostr: (args) => (args.length > 1 ? 66 : 21),
  strjoin: (args, strsize) => args.reduce((sum, arg) => sum + unbounded(arg, strsize) - 1, 1),
  substr: ofFirst,
  strchr: ofFirst,
  strrchr: ofFirst,
  strstr: ofFirst,
  json: ofFirst,
  toupper: ofFirst,
  tolower: ofFirst,
  dirname: (args, strsize) => Math.max(2, ofFirst(args, strsize)),
  cleanpath: (args, strsize) => Math.max(2, ofFirst(args, strsize)),
  inet_ntoa: () => 16,
  inet_ntoa6: () => 46,
  inet_ntop: () => 46,
  link_ntop: () => 60,
  basename: (args, strsize) => Math.max(2, ofFirst(args, strsize)),
  copyinstr: (args, strsize) =>
    args[1]?.kind === 'constant' ? Math.max(2, Math.min(strsize - 1, Number(args[1].value))) : strsize,
};
