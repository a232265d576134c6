/** The constants of lquantize() and llquantize(), which must be the same wherever an aggregation is assigned. */

import type { MessageId } from '../messages.js';
import type { Span } from '../source.js';
import type { AggregationSymbol, Mutable } from './scope.js';
import type { Checking } from './state.js';
import { type AggregatingCall, constantOf, type Value } from './values.js';

type Aggregation = Mutable<NonNullable<AggregationSymbol['aggregation']>>;
type Report = (id: MessageId, at: number, values?: Record<string, string | bigint>) => undefined;

interface Quantization {
  /** Reads and checks the constants; undefined when something was reported. */
  readonly read: (args: readonly Value[], report: Report) => bigint[] | undefined;
  /** In the order of the constants: what is reported when one differs from the first use. */
  readonly mismatches: readonly MessageId[];
}

const quantizations: Partial<Record<string, Quantization>> = {
  lquantize: {
    read: linear,
    mismatches: ['lquantize.base-differs', 'lquantize.limit-differs', 'lquantize.step-differs'],
  },
  llquantize: {
    read: logLinear,
    mismatches: [
      'llquantize.factor-differs',
      'llquantize.low-differs',
      'llquantize.high-differs',
      'llquantize.steps-differ',
    ],
  },
};

/** True when all is well; the aggregation then carries the parameters. */
export function quantizationParameters(
  c: Checking,
  call: AggregatingCall,
  args: readonly Value[],
  aggregation: Aggregation,
): boolean {
  const quantization = quantizations[call.name];
  if (!quantization) return true;
  const span = (at: number): Span => args[at]?.span ?? call.span;
  const report: Report = (id, at, values = {}) => {
    c.bad(id, span(at), values);
    return undefined;
  };
  const parameters = quantization.read(args, report);
  if (!parameters) return false;
  const known = aggregation.parameters;
  if (known.length === 0) {
    aggregation.parameters = parameters;
    return true;
  }
  const differing = parameters.findIndex((value, i) => value !== known[i]);
  if (differing < 0) return true;
  report(quantization.mismatches[differing]!, differing + 1, {
    expected: known[differing]!,
    found: parameters[differing]!,
  });
  return false;
}

const isInt32 = (value: bigint): boolean => BigInt.asIntN(32, value) === value;
const maximum16 = 0xffffn;

function linear(args: readonly Value[], report: Report): bigint[] | undefined {
  const at = (i: number): bigint | undefined => args[i] && constantOf(args[i]);
  const base = at(1);
  if (base === undefined) return report('lquantize.base-type', 1);
  if (!isInt32(base)) return report('lquantize.base-value', 1);
  const limit = at(2);
  if (limit === undefined) return report('lquantize.limit-type', 2);
  if (!isInt32(limit)) return report('lquantize.limit-value', 2);
  if (limit <= base) return report('lquantize.order', 2);
  const step = args[3] ? at(3) : 1n;
  if (step === undefined || step <= 0n) return report('lquantize.step-type', 3);
  if (step > maximum16) return report('lquantize.step-value', 3);
  const levels = (limit - base) / step;
  if (levels === 0n) return report('lquantize.step-large', 3);
  if (levels > maximum16) return report('lquantize.step-small', 3);
  return [base, limit, step];
}

const maximum64 = 0xffff_ffff_ffff_ffffn;

function logLinear(args: readonly Value[], report: Report): bigint[] | undefined {
  const at = (i: number): bigint | undefined => args[i] && constantOf(args[i]);
  const inRange = (value: bigint, least: bigint): boolean => value >= least && value <= maximum16;
  const factor = at(1);
  if (factor === undefined) return report('llquantize.factor-type', 1);
  if (!inRange(factor, 2n)) return report('llquantize.factor-value', 1);
  const low = at(2);
  if (low === undefined) return report('llquantize.low-type', 2);
  if (!inRange(low, 0n)) return report('llquantize.low-value', 2);
  const high = at(3);
  if (high === undefined) return report('llquantize.high-type', 3);
  if (!inRange(high, 0n))
    return report('llquantize.high-value', 3, { problem: 'must be an unsigned 16-bit quantity' });
  if (high < low)
    return report('llquantize.high-value', 3, { problem: 'must not be below the low magnitude' });
  // Far beyond 64 bits there is nothing to compute.
  if (high > 64n || factor ** (high + 1n) > maximum64) {
    return report('llquantize.high-value', 3, { problem: 'makes buckets beyond 64 bits' });
  }
  const steps = at(4);
  if (steps === undefined || steps <= 0n) return report('llquantize.steps-type', 4);
  const problem = stepsProblem(factor, low, steps);
  return problem === undefined
    ? [factor, low, high, steps]
    : report('llquantize.steps-value', 4, { problem });
}

/** Buckets must fall on whole numbers. */
function stepsProblem(factor: bigint, low: bigint, steps: bigint): string | undefined {
  if (steps > maximum16) return 'must be an unsigned 16-bit quantity';
  if (steps < factor && factor % steps !== 0n) return 'must evenly divide the factor when below it';
  if (steps <= factor) return undefined;
  if (steps % factor !== 0n) return 'must be a multiple of the factor when above it';
  const span = low === 0n ? factor * factor : factor ** (low + 1n);
  return span % steps === 0n ? undefined : 'must evenly divide the first magnitude';
}
