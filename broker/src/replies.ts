/** What a client is told. Values of V8's own serialization: the client trusts the broker, not the other way round. */
import type { AggregationEvent, Diagnostic, DropEvent, ErrorEvent, ProbeEvent } from '@dtrace/core';
import { frame } from './frames.js';

/** What compiling found out. */
export interface CompiledReply {
  readonly type: 'compiled';
  /** Probes that each source matched, in their order. */
  readonly matches: readonly number[];
  readonly quiet: boolean;
  readonly zeroMatches: boolean;
  readonly destructive: boolean;
  readonly resized: string | undefined;
  readonly unusedArguments: readonly number[];
}

export type Reply =
  | CompiledReply
  /** The program is wrong, or asks for more than it may. */
  | { readonly type: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  /** Refused or failed; the last message. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'started'; readonly leftOut: readonly { probe: string; reason: string }[] }
  /** Output's characters, in the order of these. */
  | { readonly type: 'text'; readonly text: string }
  /** One line that is no output. */
  | { readonly type: 'line'; readonly line: string }
  /** What the client's user does himself: the broker does none of it. */
  | { readonly type: 'reopen'; readonly path: string | undefined }
  | { readonly type: 'truncate' }
  | { readonly type: 'system'; readonly command: string }
  | { readonly type: 'records'; readonly events: readonly ProbeEvent[] }
  | { readonly type: 'aggregations'; readonly events: readonly AggregationEvent[] }
  | { readonly type: 'drop'; readonly event: DropEvent }
  | { readonly type: 'fault'; readonly event: ErrorEvent }
  /** The last message. */
  | {
      readonly type: 'finished';
      readonly status: number | undefined;
      readonly drops: ReadonlyMap<string, bigint>;
    };

/** Loaded when it is used: with what it needs it would cost every start some milliseconds. */
const v8 = () => process.getBuiltinModule('node:v8');

export const encodeReply = (reply: Reply): Buffer => frame(v8().serialize(reply));
export const decodeReply = (bytes: Buffer): Reply => v8().deserialize(bytes) as Reply;
