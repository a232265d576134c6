/** The main job: compile, attach, print until it is over. */
import { constants } from 'node:os';
import {
  chooseFormat,
  type DTrace,
  type Output,
  OutputFormatError,
  type OutputRun,
  type Session,
  type SessionEvents,
  type Target,
} from '@dtrace/core';
import { type DebugTeller, debugTeller } from './debug.js';
import { type Compiled, compilePrograms, isTesting } from './engine.js';
import type { Invocation } from './invocation.js';
import { isIgnored } from './process-status.js';
import { reportPrograms } from './program-report.js';
import { CommandError, complain, EXIT } from './report.js';
import { openTargets } from './targets.js';
import { openTerminal } from './terminal.js';
import type { Writer } from './writer.js';

export async function trace(
  engine: DTrace,
  invocation: Invocation,
  openWriter: () => Writer,
): Promise<number> {
  const target = openTargets(engine, invocation);
  let handedOver = false;
  try {
    const compiled = compilePrograms(engine, invocation, { target });
    const debug = debugTeller(compiled.program);
    debug('compiled');
    if (invocation.disassemble || compiled.program.options.verbose) await printDisassembly(compiled);
    const writer = openWriter();
    const total = reportPrograms(compiled, invocation, (text) => writer.write(text));
    if (invocation.compileOnly) return EXIT.success;
    checkMatches(total, compiled);
    handedOver = true;
    return await run(engine, compiled, target, writer, { ...invocation, debug });
  } finally {
    // Once a session has it, the session sees to it.
    if (!handedOver) target?.close();
  }
}

async function printDisassembly({ program }: Compiled): Promise<void> {
  const { disassembly } = await import('./disassemble.js');
  process.stderr.write(disassembly(program.image));
}

function checkMatches(total: number, { program, sources }: Compiled): void {
  if (total > 0 || program.options.zeroMatches) return;
  throw new CommandError(`no probes ${sources.length > 0 ? 'matched' : 'specified'}`);
}

async function run(
  engine: DTrace,
  { program }: Compiled,
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
  const { format, parameters } = formatOf(engine, wanted);
  const terminal = openTerminal(writer);
  const makeOutput = (run: OutputRun): Output => {
    output = format.create({ ...run, sink, complain: line, parameters, terminal });
    return output;
  };
  const session = engine.session(program, { target, output: makeOutput, programLog });
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

function formatOf(engine: DTrace, wanted: string): ReturnType<typeof chooseFormat> {
  try {
    return chooseFormat(wanted, engine.formats);
  } catch (error) {
    if (error instanceof OutputFormatError) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
}

type LeftOut = SessionEvents['leftOut'][0];

const FEW = 4;

/** A pattern may match hundreds of functions that cannot be probed: who wants all their names asks for them. */
function reportLeftOut(all: readonly LeftOut[], verbose: boolean): void {
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
function stopOnSignals(session: Session, onFirst: () => void): void {
  let seen = 0;
  const stop = () => {
    seen++;
    if (seen > 1) process.exit(EXIT.success);
    onFirst();
    void session.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    if (!isIgnored(constants.signals[signal])) process.on(signal, stop);
  }
}
