/**
 * Which actions may not follow which in one clause. Speculation moves records to another buffer, and what was
 * already recorded, or cannot be taken back, does not move with them.
 */
import type { MessageId } from '../messages.js';
import type { Checking, Effect } from './state.js';

interface Before {
  recorded: boolean;
  aggregated: boolean;
  speculated: boolean;
  committed: boolean;
}

export function checkOrder(c: Checking, effects: readonly Effect[]): void {
  const before: Before = { recorded: false, aggregated: false, speculated: false, committed: false };
  for (const effect of effects) {
    const id = violation(before, effect);
    if (id) c.bad(id, effect.span);
    note(before, effect);
  }
}

function violation(before: Before, { effect, destructive }: Effect): MessageId | undefined {
  const recorded = before.recorded || before.aggregated;
  switch (effect) {
    case 'commit':
      return recorded ? 'order.commit-after-data' : undefined;
    case 'speculate':
      if (before.speculated) return 'order.speculate-twice';
      if (before.committed) return 'order.speculate-after-commit';
      return recorded ? 'order.speculate-after-data' : undefined;
    case 'aggregate':
      if (before.committed) return 'order.aggregate-after-commit';
      return before.speculated ? 'order.aggregate-after-speculate' : undefined;
    case 'exit':
      if (before.speculated) return 'order.exit-after-speculate';
      return before.committed ? 'order.data-after-commit' : undefined;
    case 'record':
      if (destructive) return before.speculated ? 'order.destructive-after-speculate' : undefined;
      return before.committed ? 'order.data-after-commit' : undefined;
    default:
      return undefined;
  }
}

function note(before: Before, { effect, destructive }: Effect): void {
  if (effect === 'commit') before.committed = true;
  else if (effect === 'speculate') before.speculated = true;
  else if (effect === 'aggregate') before.aggregated = true;
  else if (effect === 'exit' || (effect === 'record' && !destructive)) before.recorded = true;
}
