/** What is said about actions and subroutines that are known but do not work, or not without permission. */
import type { Prototype } from '../prototypes.js';
import type { Span } from '../source.js';
import type { Checking } from './state.js';

export function reportSupport(c: Checking, entry: Prototype, span: Span): void {
  const { name, support } = entry;
  if (support === 'planned') c.remark('support.planned', span, { name });
  else if (support !== 'compiled') c.remark('support.absent', span, { name, reason: support.absent });
  if (entry.destructive && !c.context.options.destructive) {
    c.remark(
      'support.destructive',
      span,
      { name },
      // Compiling it is allowed, enabling it is not: who only checks a script needs no permission.
      { severity: 'warning', hint: 'run with -w, or add #pragma D option destructive' },
    );
  }
}
