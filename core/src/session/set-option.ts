import { parseRate } from './option-values.js';

/** setopt() while tracing. Returns why it cannot be, or undefined. Output's own options never come here. */
export function setRunOption(
  name: string,
  value: string,
  setRate: (rate: bigint) => void,
): string | undefined {
  if (name === 'aggrate') return undefined; // aggregations are read whenever they are asked for
  if (name !== 'switchrate') return 'it cannot be set while tracing';
  const rate = parseRate(value);
  if (rate === undefined) return 'it is not a rate';
  setRate(rate);
  return undefined;
}
