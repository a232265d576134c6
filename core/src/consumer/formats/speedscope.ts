import type { OutputFormat } from '../output-format.js';
import { type StackProfile, stackOutput } from './weighted-stacks.js';

/** The file format of speedscope.app: a profile for each aggregation. */
export function speedscopeFile(profiles: readonly StackProfile[]): string {
  const numbers = new Map<string, number>();
  const numberOf = (frame: string): number => {
    const known = numbers.get(frame) ?? numbers.size;
    numbers.set(frame, known);
    return known;
  };
  const made = profiles.map(({ name, stacks }) => ({
    type: 'sampled',
    name: `@${name}`,
    unit: 'none',
    startValue: 0,
    endValue: stacks.reduce((sum, { weight }) => sum + weight, 0),
    samples: stacks.map(({ frames }) => frames.map(numberOf)),
    weights: stacks.map(({ weight }) => weight),
  }));
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'dtrace',
    shared: { frames: [...numbers.keys()].map((name) => ({ name })) },
    profiles: made,
  };
  return `${JSON.stringify(file)}\n`;
}

export const speedscope: OutputFormat = {
  name: 'speedscope',
  help: 'aggregated stacks, for speedscope.app',
  create: (context) => stackOutput(context, speedscopeFile),
};
