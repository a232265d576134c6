/** What some subroutines ask beyond their prototype. */
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { spaceOf } from '../types/queries.js';
import type { Checking } from './state.js';
import { constantOf } from './values.js';

interface Rule {
  /** Gives a pointer to scratch memory. */
  readonly scratch?: true;
  /** The expression that stands for an erroneous call. */
  readonly check?: (c: Checking, args: readonly Expr[], span: Span) => Expr | undefined;
}

const fitsScratch =
  (name: string, position: number) =>
  (c: Checking, args: readonly Expr[], span: Span): Expr | undefined => {
    const size = args[position] && constantOf(args[position]);
    const limit = BigInt(c.scratchsize);
    return size !== undefined && size > limit
      ? c.bad('scratch.size', span, { name, size, limit })
      : undefined;
  };

/** Copies may only go into memory of the program's own. */
const intoScratch =
  (name: string, position: number) =>
  (c: Checking, args: readonly Expr[]): Expr | undefined => {
    const destination = args[position];
    if (
      !destination ||
      spaceOf(destination.type) === 'scratch' ||
      spaceOf(innermost(destination).type) === 'scratch'
    )
      return undefined;
    return c.bad('prototype.not-scratch', destination.span, { name: `${name}( )`, number: position + 1 });
  };

const innermost = (expr: Expr): Expr => (expr.kind === 'convert' ? innermost(expr.operand) : expr);

export const subroutineRules: Readonly<Record<string, Rule>> = {
  alloca: { scratch: true, check: fitsScratch('alloca', 0) },
  copyin: { scratch: true, check: fitsScratch('copyin', 1) },
  bcopy: { check: intoScratch('bcopy', 1) },
  copyinto: { check: intoScratch('copyinto', 2) },
  inet_ntoa6: {
    check: (c, args) => {
      const strict = args[1];
      if (!strict || constantOf(strict) !== undefined) return undefined;
      const shown = {
        name: 'inet_ntoa6( )',
        what: 'argument',
        number: 2,
        wanted: 'integer constant',
        type: strict.type,
      };
      return c.bad('prototype.argument', strict.span, shown);
    },
  },
};
