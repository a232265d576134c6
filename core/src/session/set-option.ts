import { parseRate } from '../language/option-values.js';
import { isTracingOption, optionProblem, optionProblemText } from '../language/options.js';

/** What setopt() can change of a run besides its output. */
export interface Rates {
  switchrate(rate: bigint): void;
  aggrate(rate: bigint): void;
}

/** setopt() while tracing, of what is no concern of output. Returns why it cannot be, or undefined. */
export function setRunOption(name: string, value: string, rates: Rates): string | undefined {
  const problem = optionProblem(name, value);
  if (problem !== undefined) return optionProblemText(name, problem);
  if (!isTracingOption(name)) return 'Operation illegal when tracing is active';
  const rate = parseRate(value);
  if (rate !== undefined && (name === 'switchrate' || name === 'aggrate')) rates[name](rate);
  return undefined;
}
