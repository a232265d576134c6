import type { OutputFormat } from '../output-format.js';
import { type StackProfile, stackOutput } from './weighted-stacks.js';

/** `outermost;…;innermost weight`, a line for each stack. */
export function foldedText(profiles: readonly StackProfile[]): string {
  return profiles
    .flatMap(({ stacks }) => stacks)
    .map(({ frames, weight }) => `${frames.map((frame) => frame.replaceAll(';', ':')).join(';')} ${weight}\n`)
    .join('');
}

export const folded: OutputFormat = {
  name: 'folded',
  help: 'aggregated stacks, one a line, for flame graph tools',
  create: (context) => stackOutput(context, foldedText),
};
