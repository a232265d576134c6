/**
 * A form of output by name, as `--format` and programs choose it. Our own and those of packages are alike: all come
 * out of the container (`OUTPUT_FORMAT`).
 */
import type { TraceImage } from '../compiler/image.js';
import type { AggregationEvent } from './events-types.js';
import { dropText, faultMessage } from './messages.js';
import type { Output, Sink } from './output.js';
import type { Printing } from './printf/conversions.js';

/** What an output may know of the run it belongs to. */
export interface OutputRun extends Printing {
  readonly image: TraceImage;
  /** What aggregations hold now; for outputs that show them without being told to. */
  aggregations(): readonly AggregationEvent[];
  /** Ends tracing in good order. */
  stop(): void;
}

/** A screen that shows lines from its top, in place of what the terminal showed before. */
export interface Screen {
  /** Lines beyond the screen are cut off. */
  draw(lines: readonly string[]): void;
  /** One key: its character. */
  onKey(listener: (key: string) => void): void;
  /** The terminal is as it was. */
  close(): void;
}

export interface Terminal {
  /** Both may change while tracing runs. */
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
  openScreen(): Screen;
}

export interface OutputContext extends OutputRun {
  readonly sink: Sink;
  /** What is no part of the output: one line, without its end. */
  readonly complain: (line: string) => void;
  /** `--format name:parameter=value,…` */
  readonly parameters: ReadonlyMap<string, string>;
  /** Absent: output goes to no terminal. */
  readonly terminal?: Terminal | undefined;
}

export interface OutputFormat {
  readonly name: string;
  /** A few words for the list of formats. */
  readonly help: string;
  /** Parameters it takes, each with a few words. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Throws an `Error` with one line when it cannot be used as it is asked for. */
  create(context: OutputContext): Output;
}

/** An output that only tells of losses and faults: what others start from. */
export function plainOutput({ complain, options }: Pick<OutputContext, 'complain' | 'options'>): Output {
  return {
    begin() {},
    action() {},
    aggregations() {},
    end() {},
    drop: (drop) => complain(`dtrace: ${dropText(drop, options.droptags)}`),
    fault: (fault) => complain(`dtrace: ${faultMessage(fault, options.faults)}`),
    finish() {},
    flush() {},
    reopen() {},
    truncate() {},
  };
}

export class OutputFormatError extends Error {
  override readonly name = 'OutputFormatError';
}

/** `name:parameter=value,…`: the format of that name and its parameters. A comma that starts none is part of a value. */
export function chooseFormat(
  text: string,
  formats: ReadonlyMap<string, OutputFormat>,
): { readonly format: OutputFormat; readonly parameters: ReadonlyMap<string, string> } {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const format = formats.get(name);
  if (format === undefined)
    throw new OutputFormatError(`unknown format '${name}': there are ${[...formats.keys()].join(', ')}`);
  const parameters = new Map<string, string>();
  for (const part of colon < 0 ? [] : text.slice(colon + 1).split(/,(?=\w+=)/)) {
    const [key = '', value = ''] = part.split(/=(.*)/s);
    if (format.parameters?.[key] === undefined) {
      const known = Object.keys(format.parameters ?? {}).join(', ') || 'none';
      throw new OutputFormatError(`format ${name} has no parameter '${key}'; it has ${known}`);
    }
    parameters.set(key, value);
  }
  return { format, parameters };
}
