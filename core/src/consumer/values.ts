/** What records and keys decode to. */
import type { ActionRecord, ProbeImage } from '../compiler/image.js';

/** A number whenever it is exact, a bigint beyond 2^53. Fields of four bytes and less are always numbers. */
export type Integer = number | bigint;

export interface StackValue {
  readonly kind: 'stack';
  /** Innermost frame first. */
  readonly frames: readonly bigint[];
  /** The process of a user stack; undefined for a kernel stack. */
  readonly tgid?: number;
}

export interface SymbolValue {
  readonly kind: 'symbol';
  readonly display: 'symbol' | 'module' | 'address';
  readonly address: bigint;
  /** The process of a user address; undefined for a kernel address. */
  readonly tgid?: number;
}

export type Value = Integer | string | Uint8Array | StackValue | SymbolValue;

export interface DecodedAction {
  readonly schema: ActionRecord;
  readonly values: readonly Value[];
  /** The action's output as text, without the columns before it. */
  text(): string;
}

export interface ProbeRecord {
  readonly epid: number;
  /** The clause's position among the program's clauses, from 0. */
  readonly clause: number;
  readonly probe: ProbeImage;
  readonly cpu: number;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly time: Integer;
  readonly actions: readonly DecodedAction[];
}

export function isInteger(value: Value | undefined): value is Integer {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** The same bits read as unsigned. */
export function asUnsigned(value: Integer, size: number): Integer {
  if (value >= 0) return value;
  return size < 8 ? Number(value) + 2 ** (8 * size) : BigInt.asUintN(64, BigInt(value));
}

/** The same bits read as signed. */
export function asSigned(value: Integer, size: number): Integer {
  if (value < 0) return value;
  if (size < 8) return value >= 2 ** (8 * size - 1) ? Number(value) - 2 ** (8 * size) : value;
  return typeof value === 'number' ? value : compact(BigInt.asIntN(64, value));
}

const exactLow = BigInt(Number.MIN_SAFE_INTEGER);
const exactHigh = BigInt(Number.MAX_SAFE_INTEGER);

export function compact(value: bigint): Integer {
  return value >= exactLow && value <= exactHigh ? Number(value) : value;
}
