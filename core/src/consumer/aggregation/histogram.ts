/** Distributions drawn as rows of `@`. */
import type { AggregationSchema } from '../../compiler/image.js';
import type { ConsumerOptions } from '../options.js';
import { distributionOf, shownBuckets } from './buckets.js';
import type { Words } from './words.js';

const barWidth = 40;
const title = '------------- Distribution -------------';
/** aggzoom: how much of the bar's width the largest count takes. */
const zoomed = 0.95;

export interface Scale {
  /** The sum of absolute counts, or under aggzoom the largest. */
  readonly total: number;
  readonly positives: boolean;
  readonly negatives: boolean;
}

export function histogramHeader(name: string, width: number): string {
  return `\n${name.padStart(width)} ${title.padStart(barWidth + 1)} ${'count'.padEnd(9)}\n`;
}

export type HistogramOptions = Pick<ConsumerOptions, 'aggzoom' | 'encoding'>;

export function histogram(
  schema: AggregationSchema,
  words: Words,
  normal: bigint,
  options: HistogramOptions,
): string {
  const distribution = distributionOf(schema);
  const [first, last] = shownBuckets(distribution, words);
  const counts = words.subarray(first + 1, last + 2);
  const scale = scaleOf(counts, options.aggzoom);
  let text = histogramHeader('value', 16);
  for (let index = first; index <= last; index++) {
    const label = distribution.label(index, first).padStart(16);
    text += `${label} ${bar(words[index + 1]!, scale, normal, options.encoding)}\n`;
  }
  return text;
}

/** Nothing to a whole block, by eighths. */
const EIGHTHS = [...' ▏▎▍▌▋▊▉█'];

function blocks(count: number, total: number): string {
  const eighths = total === 0 ? 0 : Math.floor((count * barWidth * 8) / total + 0.5);
  const whole = '█'.repeat(eighths >> 3);
  const part = eighths % 8 === 0 ? '' : EIGHTHS[eighths % 8]!;
  return (whole + part).padEnd(barWidth);
}

export function scaleOf(counts: Iterable<bigint>, zoom: boolean): Scale {
  let total = 0;
  let positives = false;
  let negatives = false;
  for (const count of counts) {
    positives ||= count > 0n;
    negatives ||= count < 0n;
    const magnitude = Math.abs(Number(count));
    total = zoom ? Math.max(total, magnitude / zoomed) : total + magnitude;
  }
  return { total, positives, negatives };
}

/** Bars grow from the left; negative ones towards the left; where there are both, from the middle. */
export function bar(
  count: bigint,
  { total, positives, negatives }: Scale,
  normal: bigint,
  encoding: ConsumerOptions['encoding'],
): string {
  const shown = (count / (normal === 0n ? 1n : normal)).toString().padEnd(9);
  const mixed = positives && negatives;
  const width = mixed ? barWidth / 2 : barWidth;
  const length = total === 0 ? 0 : Math.floor((Math.abs(Number(count)) * width) / total + 0.5);
  if (encoding === 'utf8' && !negatives) return `|${blocks(Number(count), total)} ${shown}`;
  const full = '@'.repeat(length);
  const empty = ' '.repeat(width - length);
  if (!negatives) return `|${full}${empty} ${shown}`;
  if (!positives) return `${empty}${full}| ${shown}`;
  const blank = ' '.repeat(width);
  return count <= 0n ? `${empty}${full}|${blank} ${shown}` : `${blank}|${full}${empty} ${shown}`;
}
