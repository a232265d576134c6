/** One session for one client: compiled under its grant, run, and told of as it goes. */
import {
  type CompiledProgram,
  CompileError,
  chooseFormat,
  type DTrace,
  type Output,
  type OutputRun,
  type ProbeEvent,
  type Session,
  type TraceImage,
  teeOutput,
} from '@dtrace/core';
import type { Grant, SessionReport } from '../grant.js';
import type { StartRequest } from '../requests.js';
import type { Connection } from './connection.js';
import { countingOutput } from './counting.js';
import { checkLimits, LimitError } from './limits.js';
import { optionsOf } from './refused-options.js';

const SECOND = 1000;

export class TracingSession {
  #session: Session | undefined;
  #stopped = false;
  #probes = 0;
  #records = 0;
  /** Records of the second that passes. */
  #recent = 0;

  constructor(
    readonly engine: DTrace,
    readonly grant: Grant,
    readonly connection: Connection,
    readonly report: (report: SessionReport) => void,
  ) {}

  /** Settles when the session is over and the client knows. Throws an `Error` of one line. */
  async run(request: StartRequest): Promise<void> {
    const { connection, report } = this;
    const text = request.sources.map((source) => source.text).join('\n');
    report({ event: 'script', text, target: request.target });
    const program = this.#compile(request);
    if (program === undefined || this.#stopped) return;
    this.#checkLimits(program.image);
    this.#tellCompiled(request, program);
    if (request.compileOnly) {
      connection.send({ type: 'finished', status: undefined, drops: new Map() });
      return;
    }
    const { extend } = program;
    const growing = extend && {
      extend: () => {
        const image = extend();
        if (image !== undefined) this.#checkLimits(image);
        return image;
      },
    };
    await this.#trace(request, { ...program, ...growing });
  }

  /** Probes that come while tracing runs count like those that were there. */
  #checkLimits(image: TraceImage): void {
    const { limits } = this.grant;
    checkLimits({ image }, limits, this.engine.host.cpus);
    this.#probes += image.programs.reduce((sum, { sites }) => sum + sites.length, 0);
    if (this.#probes > limits.maxprobes)
      throw new LimitError(`the session has ${this.#probes} probes, and ${limits.maxprobes} are allowed`);
  }

  stop(): void {
    this.#stopped = true;
    void this.#session?.stop();
  }

  /** Undefined: the client has been told what is wrong. */
  #compile(request: StartRequest): CompiledProgram | undefined {
    const { privileges, limits, pid } = this.grant;
    const { sources, libraries } = request;
    const bytes = [...sources, ...libraries].reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    if (bytes > limits.source)
      throw new LimitError(`the program has ${bytes} bytes of text, and ${limits.source} are allowed`);
    try {
      return this.engine.compile(
        sources.map(({ name, text, abbreviation }) => ({
          name,
          text,
          ...(abbreviation && { abbreviation }),
        })),
        {
          privileges,
          libraries,
          options: optionsOf(request),
          arguments: request.arguments,
          client: pid,
          ...(request.target !== undefined && { target: request.target }),
        },
      );
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.report({ event: 'refused', reason: error.message });
      this.connection.send({ type: 'diagnostics', diagnostics: error.diagnostics });
      return undefined;
    }
  }

  #tellCompiled({ sources }: StartRequest, program: CompiledProgram): void {
    const { checked, matches, options } = program;
    const count = (name: string) =>
      checked.clauses.reduce(
        (sum, { span }, i) => sum + (span.source.name === name ? (matches[i]?.length ?? 0) : 0),
        0,
      );
    this.connection.send({
      type: 'compiled',
      matches: sources.map(({ name }) => count(name)),
      quiet: options.consumer.quiet,
      zeroMatches: options.zeroMatches,
      destructive: options.destructive,
      resized: options.bufresize === 'auto' ? program.resized : undefined,
      unusedArguments: program.unusedArguments,
    });
  }

  async #trace(request: StartRequest, program: CompiledProgram): Promise<void> {
    const { connection, engine } = this;
    const { format } = request;
    const counter = countingOutput(() => this.#count());
    const output = format === undefined ? () => counter : this.#output(format, counter);
    const session = engine.session(program, {
      output,
      runCommand: (command) => connection.send({ type: 'system', command }),
    });
    this.#session = session;
    const leftOut: { probe: string; reason: string }[] = [];
    session.on('leftOut', (probe) => leftOut.push(probe));
    const flush = request.events ? this.#sendEvents(session) : () => {};
    await session.start();
    this.report({ event: 'started' });
    connection.send({ type: 'started', leftOut });
    if (this.#stopped) void session.stop();
    const watch = setInterval(() => this.#look(flush), SECOND / 10);
    const end = setTimeout(
      () => this.#end(`it ran for ${this.grant.limits.runtime} seconds, and no longer is allowed`),
      this.grant.limits.runtime * SECOND,
    );
    const second = setInterval(() => this.#checkRate(), SECOND);
    try {
      const { status, drops } = await session.finished;
      flush();
      connection.send({ type: 'finished', status, drops });
    } finally {
      for (const timer of [watch, second]) clearInterval(timer);
      clearTimeout(end);
      this.report({ event: 'ended', records: this.#records });
    }
  }

  #look(flush: () => void): void {
    flush();
    if (this.connection.closed) this.stop();
  }

  #count(): void {
    this.#records++;
    this.#recent++;
  }

  #checkRate(): void {
    const { rate } = this.grant.limits;
    if (this.#recent > rate) this.#end(`it recorded more than the ${rate} records a second that are allowed`);
    this.#recent = 0;
  }

  #end(reason: string): void {
    this.report({ event: 'refused', reason });
    this.connection.send({ type: 'line', line: `the session was ended: ${reason}` });
    this.stop();
  }

  /** Gives what sends the records that wait. */
  #sendEvents(session: Session): () => void {
    const { connection } = this;
    let waiting: ProbeEvent[] = [];
    const flush = () => {
      if (waiting.length === 0) return;
      connection.send({ type: 'records', events: waiting });
      waiting = [];
    };
    session.on('record', (event) => {
      if (waiting.push(event) >= 1000) flush();
    });
    session.on('aggregations', (events) => {
      flush();
      connection.send({ type: 'aggregations', events });
    });
    session.on('drop', (event) => connection.send({ type: 'drop', event }));
    session.on('fault', (event) => connection.send({ type: 'fault', event }));
    return flush;
  }

  #output(wanted: string, counter: Output): (run: OutputRun) => Output {
    const { connection, engine } = this;
    const { format, parameters } = chooseFormat(wanted, engine.formats);
    return (run) => {
      const output = format.create({
        ...run,
        parameters,
        sink: {
          write: (text) => connection.send({ type: 'text', text }),
          reopen: (path) => connection.send({ type: 'reopen', path }),
          truncate: () => connection.send({ type: 'truncate' }),
        },
        complain: (line) => connection.send({ type: 'line', line: line.replace(/^dtrace: /, '') }),
      });
      return teeOutput([counter, output]);
    };
  }
}
