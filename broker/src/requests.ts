/** What a client asks: JSON, of exactly these shapes. Texts only: no path in it is ever opened on the client's behalf. */
import {
  flag,
  integer,
  list,
  object,
  oneOf,
  optional,
  pair,
  type Shape,
  ShapeError,
  text,
} from './shapes.js';

const PARTS = ['provider', 'module', 'function', 'name'] as const;
const MEBIBYTE = 2 ** 20;
/** Bytes of one message. */
export const LONGEST_REQUEST = 4 * MEBIBYTE;
export const PROTOCOL_VERSION = 1;

export interface RequestSource {
  readonly name: string;
  readonly text: string;
  readonly abbreviation?: (typeof PARTS)[number] | undefined;
}

export interface StartRequest {
  readonly type: 'start';
  readonly version: number;
  readonly sources: readonly RequestSource[];
  /** D libraries besides the broker's own. */
  readonly libraries: readonly RequestSource[];
  readonly options: readonly (readonly [name: string, value: string | undefined])[];
  readonly arguments: readonly string[];
  /** $target */
  readonly target?: number | undefined;
  /** `name:parameter=value,…` of an output whose text is sent. */
  readonly format?: string | undefined;
  /** Records, aggregations, drops and faults are sent as values. */
  readonly events: boolean;
  /** Nothing is run. */
  readonly compileOnly: boolean;
}

export type Request = StartRequest | { readonly type: 'stop' };

const source: Shape<RequestSource> = object({
  name: text(4096),
  text: text(MEBIBYTE),
  abbreviation: optional(oneOf(...PARTS)),
});

const start: Shape<StartRequest> = object({
  type: oneOf('start'),
  version: integer(1, 1000),
  sources: list(source, 64),
  libraries: list(source, 256),
  options: list(pair(text(64), optional(text(4096))), 256),
  arguments: list(text(65_536), 1024),
  target: optional(integer(1, 0x7fff_ffff)),
  format: optional(text(256)),
  events: flag,
  compileOnly: flag,
});

const stop: Shape<{ readonly type: 'stop' }> = object({ type: oneOf('stop') });

/** Throws a `ShapeError` of one line. */
export function parseRequest(bytes: Buffer): Request {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ShapeError('the request is no JSON');
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  return type === 'stop' ? stop(value, 'request') : start(value, 'request');
}
