import { options } from '../language/options.js';
import { parseRate } from './option-values.js';
import { isValidSetting } from './run-options.js';

const INVALID = 'Invalid value for specified option';

/** setopt() while tracing. Returns why it cannot be, or undefined. Output's own options never come here. */
export function setRunOption(
  name: string,
  value: string,
  setRate: (rate: bigint) => void,
): string | undefined {
  if (!options.has(name)) return 'Invalid option name';
  if (!isValidSetting([name, value])) return INVALID;
  // Aggregations are read whenever they are asked for.
  if (name === 'aggrate') return undefined;
  if (name !== 'switchrate') return 'Operation illegal when tracing is active';
  const rate = parseRate(value);
  if (rate === undefined) return INVALID;
  setRate(rate);
  return undefined;
}
