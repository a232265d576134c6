/** A session at the terminal: output, signals, what is said on the way. */
import { constants } from 'node:os';
import {
  chooseFormat,
  type LoadableProgram,
  type Output,
  type OutputFormat,
  OutputFormatError,
  type OutputRun,
  type Session,
  type SessionEvents,
  type SessionOptions,
  type Target,
} from '@dtrace/core';
import type { DebugTeller } from './debug.js';
import type { Invocation } from './invocation.js';
import { isIgnored, isTesting } from './process-status.js';
import { CommandError, complain, EXIT } from './report.js';
import { openTerminal } from './terminal.js';
import type { Writer } from './writer.js';

/** A program that is ready, and what makes a session of it. */
export interface Runnable {
  readonly program: LoadableProgram;
  readonly formats: ReadonlyMap<string, OutputFormat>;
  readonly session: (options: SessionOptions) => Session;
}

/** Traces to the end; gives what exit() was called with. */
export async function runSession(
  { program, formats, session: open }: Runnable,
  target: Target | undefined,
  writer: Writer,
  { format: wanted, verbose, debug }: Invocation & { readonly debug: DebugTeller },
): Promise<number> {
  const { consumer, destructive } = program.options;
  if (program.resized !== undefined && program.options.bufresize === 'auto' && !consumer.quiet) {
    complain(`buffer size lowered to ${program.resized}`);
  }
  consumer.noCpuId = isTesting();
  let output: Output | undefined;
  const { format, parameters } = formatOf(formats, wanted);
  const terminal = openTerminal(writer);
  const makeOutput = (run: OutputRun): Output => {
    output = format.create({ ...run, sink, complain: line, parameters, terminal });
    return output;
  };
  const session = open({ target, output: makeOutput, programLog });
  const sink = {
    write(text: string) {
      writer.write(text);
      if (writer.closed) void session.stop();
    },
    reopen: (path: string | undefined) => writer.reopen(path),
    truncate: () => writer.truncate(),
  };
  session.on('progress', ({ done, total }) => complain(`attaching one by one: ${done} of ${total} done`));
  const leftOut: LeftOut[] = [];
  session.on('leftOut', (probe) => leftOut.push(probe));
  stopOnSignals(session, () => output?.interrupted?.());
  try {
    await session.start();
  } catch (error) {
    const { loadFailureText } = await import('./load-failure.js');
    throw new CommandError(`could not enable tracing: ${loadFailureText(error)}`);
  }
  debug('tracing');
  reportLeftOut(leftOut, verbose);
  if (destructive && !consumer.quiet) complain('allowing destructive actions');
  const { status } = await session.finished;
  debug('stopped');
  return status ?? EXIT.success;
}

function formatOf(formats: Runnable['formats'], wanted: string): ReturnType<typeof chooseFormat> {
  try {
    return chooseFormat(wanted, formats);
  } catch (error) {
    if (error instanceof OutputFormatError) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
}

type LeftOut = SessionEvents['leftOut'][0];

const FEW = 4;

/** A pattern may match hundreds of functions that cannot be probed: who wants all their names asks for them. */
export function reportLeftOut(all: readonly LeftOut[], verbose: boolean): void {
  const shown = verbose || all.length <= FEW + 1 ? all : all.slice(0, FEW);
  for (const { probe, reason } of shown) complain(`${probe} is left out: ${reason}`);
  const rest = all.length - shown.length;
  if (rest > 0) complain(`${rest} more probes are left out (-v names them)`);
}

/** -x bpflog */
const programLog = (report: string): void => {
  for (const line of report.trimEnd().split('\n')) process.stderr.write(`BPF: ${line}\n`);
};

/** The text output's lines carry the command's name already. */
const line = (text: string): void => complain(text.replace(/^dtrace: /, ''));

/** The first ends tracing in good order; the second does not wait for it. */
export function stopOnSignals(session: { stop(): unknown }, onFirst: () => void = () => {}): void {
  let seen = 0;
  const stop = () => {
    seen++;
    if (seen > 1) process.exit(EXIT.success);
    onFirst();
    session.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    if (!isIgnored(constants.signals[signal])) process.on(signal, stop);
  }
}
