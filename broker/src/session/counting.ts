/** Counts records on their way to an output. */
import type { Output } from '@dtrace/core';

const nothing = (): void => {};

export function countingOutput(count: () => void): Output {
  return {
    begin: nothing,
    action: nothing,
    aggregations: nothing,
    end: count,
    drop: nothing,
    fault: nothing,
    finish: nothing,
    flush: nothing,
    reopen: nothing,
    truncate: nothing,
  };
}
