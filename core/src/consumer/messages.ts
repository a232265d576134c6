/** What is said of lost data and abandoned clauses. */
import type { DropKind, ProbeImage } from '../compiler/image.js';
import { faultDetail, faultText } from '../language/faults.js';
import type { ConsumerOptions } from './options.js';

export interface Drop {
  readonly kind: DropKind;
  readonly count: number;
  readonly cpu?: number | undefined;
}

const dropKinds: Readonly<Record<DropKind, { readonly name: string; readonly reason?: string }>> = {
  principal: { name: 'drop' },
  aggregation: { name: 'aggregation drop' },
  dynamic: { name: 'dynamic variable drop' },
  nested: { name: 'drop', reason: ' (probes nested too deeply)' },
  speculation: { name: 'speculative drop' },
  speculationBusy: { name: 'failed speculation', reason: ' (available buffer(s) still busy)' },
  speculationUnavailable: { name: 'failed speculation', reason: ' (no speculative buffer available)' },
};

export function dropText({ kind, count, cpu }: Drop): string {
  const { name, reason = '' } = dropKinds[kind];
  const place = cpu === undefined ? '' : ` on CPU ${cpu}`;
  return `${count} ${name}${count > 1 ? 's' : ''}${place}${reason}`;
}

/** A clause given up in the kernel, or something the consumer was told to do and could not. */
export interface Fault {
  readonly epid: number;
  readonly probe: ProbeImage;
  readonly cpu: number;
  /** DTrace's number, see `language/faults.ts`. */
  readonly kind: number;
  readonly action?: number;
  /** Instruction in the program; undefined when unknown. */
  readonly offset?: number | undefined;
  readonly address?: bigint;
  /** Instead of the kind's own text. */
  readonly text?: string;
}

export function faultMessage(fault: Fault, wording: ConsumerOptions['faults']): string {
  const { probe, epid, offset, action } = fault;
  const names = `${probe.provider}:${probe.module}:${probe.function}:${probe.name}`;
  const what = fault.text ?? faultText(fault.kind) + faultDetail(fault.kind, fault.address ?? 0n);
  const place = offset === undefined ? '' : ` at BPF pc ${offset}`;
  if (wording === 'clause') {
    return `error in dt_clause_${epid - 1} for probe ID ${probe.id} (${names}): ${what}${place}`;
  }
  const inAction = action === undefined ? '' : ` in action #${action}`;
  return `error on enabled probe ID ${epid} (ID ${probe.id}: ${names}): ${what}${inAction}${place}`;
}
