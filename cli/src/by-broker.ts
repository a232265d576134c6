/** The main job without rights of its own: dtraced compiles and traces, this prints, and runs what is to be run. */
import { BrokerConnection, type CompiledReply, type Reply, type RequestSource } from '@dtrace/broker';
import {
  CompileError,
  type Diagnostic,
  expandSource,
  type Host,
  LocalHost,
  openTarget,
  readLibraries,
  runInShell,
  type Target,
} from '@dtrace/core';
import { setAddonPath } from 'ebpf-napi';
import { checkArguments, compileRequest, librariesOf, Reported, wantsTags } from './engine.js';
import { complainAbout } from './failures.js';
import type { Invocation } from './invocation.js';
import { isTesting } from './process-status.js';
import { reportMatches } from './program-report.js';
import { CommandError, complain, EXIT } from './report.js';
import { type ProgramSource, programSource } from './sources.js';
import { openTargets } from './targets.js';
import { checkTotal } from './trace.js';
import { reportLeftOut, stopOnSignals } from './tracing.js';
import type { Writer } from './writer.js';

function refuseUnavailable({ mode, verbose, disassemble }: Invocation): void {
  const asked = mode === 'list' ? '-l' : verbose ? '-v' : disassemble ? '-S' : undefined;
  if (asked !== undefined) throw new CommandError(`${asked} is not available through dtraced`, EXIT.usage);
}

class BrokerRun {
  readonly #tags: boolean;
  #compiled: CompiledReply | undefined;

  constructor(
    readonly invocation: Invocation,
    readonly sources: readonly ProgramSource[],
    readonly connection: BrokerConnection,
    readonly writer: Writer,
    readonly target: Target | undefined,
  ) {
    this.#tags = wantsTags(invocation);
  }

  async run(): Promise<number> {
    for await (const reply of this.connection.replies()) {
      const status = this.#told(reply);
      if (status !== undefined) return status;
    }
    throw new CommandError('the session has no end');
  }

  complainAbout(diagnostics: readonly Diagnostic[]): never {
    complainAbout(diagnostics, this.sources, { tags: this.#tags, terse: isTesting() });
    throw new Reported();
  }

  #told(reply: Reply): number | undefined {
    const { writer } = this;
    switch (reply.type) {
      case 'compiled':
        this.#compile(reply);
        break;
      case 'started':
        this.#start(reply.leftOut);
        break;
      case 'text':
        writer.write(reply.text);
        if (writer.closed) this.connection.stop();
        break;
      case 'line':
        complain(reply.line);
        break;
      case 'reopen':
        writer.reopen(reply.path);
        break;
      case 'truncate':
        writer.truncate();
        break;
      case 'system':
        runInShell(reply.command);
        break;
      case 'diagnostics':
        return this.complainAbout(reply.diagnostics);
      case 'failed':
        throw new CommandError(reply.message);
      case 'finished':
        return reply.status ?? EXIT.success;
      default:
    }
    return undefined;
  }

  #compile(reply: CompiledReply): void {
    const { sources, invocation } = this;
    this.#compiled = reply;
    checkArguments(reply, sources, invocation);
    const silent = invocation.compileOnly || reply.quiet;
    for (const [i, source] of sources.entries()) if (!silent) reportMatches(source, reply.matches[i] ?? 0);
    const total = reply.matches.reduce((sum, count) => sum + count, 0);
    if (!invocation.compileOnly) checkTotal(total, reply.zeroMatches, sources);
    if (reply.resized !== undefined && !silent) complain(`buffer size lowered to ${reply.resized}`);
  }

  #start(leftOut: Parameters<typeof reportLeftOut>[0]): void {
    reportLeftOut(leftOut, false);
    const { destructive, quiet } = this.#compiled ?? {};
    if (destructive && !quiet) complain('allowing destructive actions');
    this.target?.onExit((exit) => {
      if (exit?.execError !== undefined) complain(exit.execError.message);
      this.connection.stop();
    });
    this.target?.release();
  }
}

/** Files are read here, by their reader: dtraced is told texts. */
function readTexts(invocation: Invocation, sources: readonly ProgramSource[], host: Host): RequestSource[] {
  const request = compileRequest(invocation, sources);
  return sources.map(({ source }) => expandSource(source, request, host));
}

/** `socket`: where dtraced listens. */
export async function traceByBroker(
  invocation: Invocation,
  socket: string,
  openWriter: () => Writer,
  addon: string | undefined,
): Promise<number> {
  refuseUnavailable(invocation);
  if (addon !== undefined) setAddonPath(addon);
  const host = new LocalHost();
  const sources = invocation.programs.map(programSource);
  const connection = await BrokerConnection.open(socket);
  const target = openTargets(openTarget, invocation);
  const run = new BrokerRun(invocation, sources, connection, openWriter(), target);
  stopOnSignals(connection);
  try {
    const { options, arguments: args } = compileRequest(invocation, sources);
    connection.start({
      sources: readTexts(invocation, sources, host),
      libraries: readLibraries(host, librariesOf(invocation)),
      options,
      arguments: args,
      target: target?.pid,
      format: invocation.format,
      events: false,
      compileOnly: invocation.compileOnly,
    });
    return await run.run();
  } catch (error) {
    if (error instanceof CompileError) run.complainAbout(error.diagnostics);
    throw error;
  } finally {
    target?.close();
    connection.close();
  }
}
