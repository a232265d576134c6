/** What is said of lost data and abandoned clauses. */
import type { DropKind, ProbeImage } from '../compiler/image.js';
import { faultDetail, faultText } from '../language/faults.js';
import type { ConsumerOptions } from './options.js';

export interface Drop {
  readonly kind: DropKind;
  readonly count: number;
  readonly cpu?: number | undefined;
}

interface DropWords {
  /** What -x droptags puts before it, behind DTRACEDROP_. */
  readonly tag: string;
  readonly name: string;
  readonly reason?: string;
}

const dropKinds: Readonly<Record<DropKind, DropWords>> = {
  principal: { tag: 'PRINCIPAL', name: 'drop' },
  aggregation: { tag: 'AGGREGATION', name: 'aggregation drop' },
  dynamic: { tag: 'DYNAMIC', name: 'dynamic variable drop' },
  nested: { tag: 'PRINCIPAL', name: 'drop', reason: ' (probes nested too deeply)' },
  speculation: { tag: 'SPEC', name: 'speculative drop' },
  speculationBusy: {
    tag: 'SPECBUSY',
    name: 'failed speculation',
    reason: ' (available buffer(s) still busy)',
  },
  doubleError: { tag: 'DBLERROR', name: 'error', reason: ' in ERROR probe enabling' },
  speculationUnavailable: {
    tag: 'SPECUNAVAIL',
    name: 'failed speculation',
    reason: ' (no speculative buffer available)',
  },
};

export const dropKindNames: readonly string[] = Object.keys(dropKinds);

export function dropText({ kind, count, cpu }: Drop, tags = false): string {
  const { tag, name, reason = '' } = dropKinds[kind];
  const place = cpu === undefined ? '' : ` on CPU ${cpu}`;
  const before = tags ? `[DTRACEDROP_${tag}] ` : '';
  return `${before}${count} ${name}${count > 1 ? 's' : ''}${place}${reason}`;
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
