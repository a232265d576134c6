/** What a record is compared with. */
import type { EventValue, ProbeEvent } from '@dtrace/core';

/** Equal to it, matched by it, or accepted by it. */
export type Expected = string | number | bigint | RegExp | ((value: EventValue) => boolean);

export interface ExpectedRecord {
  /** `provider:module:function:name`, as much as matters: empty parts match everything. */
  readonly probe?: string;
  /** In the order they are recorded. */
  readonly values?: readonly Expected[];
}

function shown(value: EventValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value !== 'object') return JSON.stringify(typeof value === 'bigint' ? `${value}` : value);
  return 'frames' in value ? value.frames.map(({ text }) => text).join(' < ') : value.text;
}

function accepts(expected: Expected, value: EventValue | undefined): boolean {
  if (value === undefined) return false;
  if (typeof expected === 'function') return expected(value);
  if (expected instanceof RegExp) return expected.test(typeof value === 'string' ? value : shown(value));
  return typeof value === 'string' || typeof expected === 'string'
    ? value === expected
    : typeof value !== 'object' && BigInt(value) === BigInt(expected);
}

/** Records as text, for messages. */
export function recordText({ probe, actions }: ProbeEvent): string {
  const values = actions.flatMap((action) => action.values.map(shown));
  return `${probe.provider}:${probe.module}:${probe.function}:${probe.name} (${values.join(', ')})`;
}

/** Why a record is not the expected one; undefined: it is. */
export function mismatch(expected: ExpectedRecord, event: ProbeEvent): string | undefined {
  const parts = (expected.probe ?? '').split(':');
  const names = [event.probe.name, event.probe.function, event.probe.module, event.probe.provider];
  const wrong = parts.reverse().find((part, index) => part !== '' && part !== names[index]);
  if (wrong !== undefined) return `its probe is not ${expected.probe}`;
  const values = event.actions.flatMap((action) => action.values);
  const at = expected.values?.findIndex((each, index) => !accepts(each, values[index])) ?? -1;
  return at < 0 ? undefined : `value ${at} is not ${String(expected.values![at])}`;
}
