import { setTimeout } from 'node:timers/promises';
import { EventEmitter } from 'eventemitter3';
import type { DropKind, TraceImage } from '../compiler/image.js';
import { UNWIND_MAP } from '../compiler/unwind/layout.js';
import { aggregationDelta } from '../consumer/aggregation/delta.js';
import { Consumer } from '../consumer/consumer.js';
import type { AggregationEvent, ProbeEvent } from '../consumer/events-types.js';
import type { Output } from '../consumer/output.js';
import type { OutputRun } from '../consumer/output-format.js';
import type { Printing } from '../consumer/printf/conversions.js';
import { namesFor, type SymbolResolver } from '../consumer/symbols.js';
import type { Host, UnwindSource } from '../host/index.js';
import { formatProbeName } from '../probes/probe.js';
import { MapAggregationReader } from './aggregation-reader.js';
import { bufferProblem, bufferRelease, FlightRecorder } from './buffers.js';
import { measureSchedulerOffset, measureWallOffset } from './clock.js';
import type { LoadableProgram } from './compile-program.js';
import { DropCounter } from './drops.js';
import { GeneratedNames, usesGenerated } from './generated-names.js';
import { ringsOf } from './image-maps.js';
import { LoaderWatch } from './loader-watch.js';
import { LoadedImage } from './loading.js';
import { Lookout } from './lookout.js';
import { type EventSink, eventOutput, teeOutput } from './outputs.js';
import { PollTimer } from './poll-timer.js';
import { RecordQueue } from './record-queue.js';
import { RingDrain } from './ring-drain.js';
import { runInShell } from './run-in-shell.js';
import { Schedule } from './schedule.js';
import { Scripts } from './scripts.js';
import type { SessionEvents } from './session-events.js';
import { type Rates, setRunOption } from './set-option.js';
import { SharedState } from './shared-state.js';
import type { AttachOptions, SiteAttacher } from './site-attacher.js';
import type { FunctionMap } from './site-kinds/function-targets.js';
import { refusedMeans } from './site-kinds/refused-functions.js';
import { selfPrograms } from './site-kinds/self.js';
import { speculationFreer } from './speculation-freer.js';
import type { Target } from './target.js';
import { type Columns, type Row, rowReader } from './typed-rows.js';
import { requestsTo, Unwinder } from './unwinding/unwinder.js';
import { UserKeys } from './user-keys.js';

export interface SessionOptions {
  /**
   * Gets everything as it happens, besides the events: text, JSON. A function makes it with what the session prints
   * with: its symbols, the options that setopt() may change on the way, its aggregations.
   */
  readonly output?: Output | ((run: OutputRun) => Output) | undefined;
  /** The process tracing is about: released when tracing runs, and the session ends with it. */
  readonly target?: Target | undefined;
  /** Under -x bpflog: gets the kernel's report on every program. */
  readonly programLog?: ((report: string) => void) | undefined;
  /** Ends tracing in good order when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How system() runs a command. Default: by the shell, on this process's standard files. */
  readonly runCommand?: ((command: string) => void) | undefined;
}

/** How an iteration over records behaves. */
export interface RecordOptions {
  /** Records that may wait. At so many the session reads no more until half are taken; losses are drops. Default 65536. */
  readonly limit?: number;
}

export interface SessionParts {
  readonly program: LoadableProgram;
  readonly attachers: ReadonlyMap<string, SiteAttacher>;
  readonly symbols: SymbolResolver;
  readonly functions: FunctionMap;
  /** Reads a process's mappings while it is there. */
  readonly remember: (tgid: number) => void;
  readonly unwinding: UnwindSource;
  /** Asks a process's runtime for the names of the code it has generated. */
  readonly tellGenerated: (tgid: number) => Promise<void>;
  readonly interpreter: Host['interpreter'];
  readonly types: Host['types'];
}

export interface SessionResult {
  /** What exit() was called with. */
  readonly status: number | undefined;
  readonly drops: ReadonlyMap<DropKind, bigint>;
}

/** Processes that sites name: their addresses are to have names even if they end at once. */
function tracedProcesses({ image }: LoadableProgram): ReadonlySet<number> {
  const sites = image.programs.flatMap((program) => program.sites);
  return new Set(sites.flatMap(({ site }) => ('pid' in site && site.pid !== undefined ? site.pid : [])));
}

function checkBuffers({ image, options, resized }: LoadableProgram): void {
  if (resized !== undefined && options.bufresize === 'manual') throw new Error('Memory allocation failure');
  const problem = bufferProblem(image);
  if (problem !== undefined) throw new Error(problem);
}

function checkPermission({ diagnostics, options }: LoadableProgram): void {
  if (options.destructive || diagnostics.every(({ id }) => id !== 'support.destructive')) return;
  throw new Error('Destructive actions not allowed');
}

type Phase = 'new' | 'starting' | 'tracing' | 'stopping' | 'stopped';

/** Everything that exists only while programs are in the kernel. */
interface Running {
  readonly loaded: LoadedImage;
  readonly state: SharedState;
  readonly rings: RingDrain | undefined;
  readonly drops: DropCounter;
  readonly reader: MapAggregationReader;
  readonly userKeys: UserKeys;
  /** Where programs walk user stacks. */
  readonly unwinder: Unwinder | undefined;
  readonly generated: GeneratedNames | undefined;
  readonly status: Schedule;
  /** When to look at the keys of aggregations, and at their values where a rate was asked for. */
  readonly aggregations: Schedule;
  readonly readsAtRate: boolean;
  /** When to look for exit(); undefined: always. */
  readonly exit: Schedule | undefined;
  readonly release: ((view: DataView, offset: number, cpu: number) => void) | undefined;
  /** Policy `ring`: what is shown when tracing is over. */
  recorder: FlightRecorder | undefined;
  readonly consumer: Consumer;
  readonly timer: PollTimer;
  readonly lookout: Lookout;
}

const FIRST_TICKS = 10;
const DEFAULT_LIMIT = 65_536;
const SECOND = 1_000_000_000n;

/**
 * One tracing run: load, attach, BEGIN, trace, END, drain. Nothing is shared between sessions, and nothing is left
 * in the kernel after `stop` or a failure.
 */
export class Session extends EventEmitter<SessionEvents> {
  readonly #parts: SessionParts;
  readonly #options: SessionOptions;
  readonly #queues = new Set<RecordQueue<ProbeEvent>>();
  readonly #finished: Promise<SessionResult>;
  #finish!: (result: SessionResult) => void;
  #fail!: (error: unknown) => void;
  #phase: Phase = 'new';
  #running: Running | undefined;
  #finishedConsumer: Consumer | undefined;
  #lost: ReadonlyMap<DropKind, bigint> = new Map();
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #extending: Promise<void> | undefined;
  #loaderWatch: LoaderWatch | undefined;
  #stopWanted = false;
  #exitTimer: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(parts: SessionParts, options: SessionOptions = {}) {
    super();
    this.#parts = parts;
    this.#options = options;
    this.#finished = new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    // Who wants to know awaits it; a session nobody awaits tells by events.
    this.#finished.catch(() => {});
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Settles when the session has stopped: because of exit(), the target's end, `stop()` or a failure. */
  get finished(): Promise<SessionResult> {
    return this.#finished;
  }

  /** Loads, attaches and runs BEGIN. When it throws, nothing is left behind. */
  start(): Promise<void> {
    if (this.#starting === undefined) {
      if (this.#phase !== 'new') throw new Error('the session is over');
      this.#phase = 'starting';
      this.#starting = this.#start();
    }
    return this.#starting;
  }

  /** Starts, traces to the end, and cleans up. */
  async run(): Promise<SessionResult> {
    await this.start();
    return this.#finished;
  }

  /** Ends tracing: END runs, what is in the rings is delivered, aggregations are read a last time. */
  async stop(): Promise<void> {
    if (this.#phase === 'new') {
      this.#options.target?.close();
      this.#ended({ status: undefined, drops: new Map() });
      return;
    }
    if (this.#phase === 'starting') {
      this.#stopWanted = true;
      await this.#starting?.catch(() => {});
    }
    this.#stopping ??= this.#running === undefined ? Promise.resolve() : this.#stop(this.#running);
    await this.#stopping;
  }

  /** The same as `stop`, for `await using`. */
  close(): Promise<void> {
    return this.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Records as they come, until the session ends. Starts nothing; leaving the loop ends only the iteration. */
  records({ limit = DEFAULT_LIMIT }: RecordOptions = {}): AsyncIterableIterator<ProbeEvent> {
    const queue: RecordQueue<ProbeEvent> = new RecordQueue(
      limit,
      () => this.#queues.delete(queue),
      () => this.#running?.timer.now(),
    );
    if (this.#phase === 'stopped') queue.end();
    else this.#queues.add(queue);
    return queue;
  }

  /**
   * Records as objects: what the values are, in the order they are recorded. Throws a `ColumnError` at once where the
   * program records others. Records without values are left out.
   */
  rows<C extends Columns>(columns: C, options: RecordOptions = {}): AsyncGenerator<Row<C>> {
    const read = rowReader(this.#parts.program.image, columns);
    const records = this.records(options);
    return (async function* () {
      for await (const event of records) {
        const row = read(event);
        if (row !== undefined) yield row;
      }
    })();
  }

  /** What the aggregations hold now; after the end, what they held last. */
  aggregations(): readonly AggregationEvent[] {
    return (
      this.#running?.consumer.aggregations() ?? this.#finishedConsumer?.aggregations({ again: false }) ?? []
    );
  }

  /** `aggregations()` every so many milliseconds while tracing runs, and a last time when it has ended. */
  async *snapshots(interval: number): AsyncGenerator<readonly AggregationEvent[]> {
    while (this.#phase !== 'stopped') {
      const ended = this.#finished.then(
        () => {},
        () => {},
      );
      await Promise.race([ended, setTimeout(interval, undefined, { ref: false })]);
      yield this.aggregations();
    }
  }

  /** As `snapshots`, but only what changed since the last one: see `aggregationDelta`. */
  async *deltas(interval: number): AsyncGenerator<readonly AggregationEvent[]> {
    let before: readonly AggregationEvent[] = [];
    for await (const now of this.snapshots(interval)) {
      yield aggregationDelta(now, before);
      before = now;
    }
  }

  /** What was lost so far, by kind; after the end, in all. */
  drops(): ReadonlyMap<DropKind, bigint> {
    return this.#running?.drops.totals() ?? this.#lost;
  }

  async #start(): Promise<void> {
    let loaded: LoadedImage | undefined;
    const { signal } = this.#options;
    try {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', this.#abort, { once: true });
      checkPermission(this.#parts.program);
      checkBuffers(this.#parts.program);
      loaded = await this.#attach();
      this.#running = this.#open(loaded);
      await this.#setClocks(this.#running.state);
      await this.#watchLoader(this.#running);
      for (const pid of tracedProcesses(this.#parts.program)) {
        this.#parts.remember(pid);
        this.#running.unwinder?.request(pid);
      }
      this.#begin(this.#running);
    } catch (error) {
      await this.#loaderWatch?.close();
      this.#running?.rings?.close();
      this.#running?.unwinder?.close();
      this.#running?.generated?.close();
      this.#running = undefined;
      await loaded?.close();
      this.#options.target?.close();
      this.#failed(error);
      throw error;
    }
  }

  /** By other means where the kernel turns out to refuse one. */
  async #attach(): Promise<LoadedImage> {
    const { program, attachers } = this.#parts;
    const log = program.options.bpflog ? this.#options.programLog : undefined;
    let loaded: LoadedImage | undefined;
    try {
      loaded = await LoadedImage.load(program.image, log);
      await loaded.attach(attachers, this.#attachOptions);
      return loaded;
    } catch (error) {
      await loaded?.close();
      const means = refusedMeans(error);
      if (means === undefined || program.avoid?.(means) !== true) throw error;
      return this.#attach();
    }
  }

  readonly #abort = (): void => void this.stop();

  readonly #leftOut = (id: number, reason: string): void => {
    const probe = this.#running?.consumer.probe(id) ?? this.#parts.program.image.probes.get(id);
    if (probe !== undefined) this.emit('leftOut', { probe: formatProbeName(probe), reason });
  };

  async #setClocks(state: SharedState): Promise<void> {
    const { clocks } = this.#parts.program.image;
    if (clocks.includes('wall')) state.wallOffset = measureWallOffset();
    if (clocks.includes('scheduler')) state.schedulerOffset = await measureSchedulerOffset();
  }

  #open(loaded: LoadedImage): Running {
    const { image } = loaded;
    const ringMaps = ringsOf(image.maps, loaded.maps);
    const state = new SharedState(loaded.map('state'), image.layout);
    const reader = new MapAggregationReader((name) => loaded.map(name));
    // Before the rings: making it may fail, and they would be left open.
    const scripts = Scripts.of(loaded.maps, this.#parts.interpreter);
    const consumer = this.#makeConsumer(reader, speculationFreer(loaded), scripts);
    const generated = usesGenerated(image) ? new GeneratedNames(this.#parts.tellGenerated) : undefined;
    const unwinder = this.#makeUnwinder(loaded, generated, scripts);
    const rings = ringMaps.length > 0 ? new RingDrain(ringMaps, requestsTo(unwinder)) : undefined;
    const { switchrate, statusrate, aggrate, exitrate } = this.#parts.program.options;
    const running: Running = {
      loaded,
      state,
      rings,
      drops: new DropCounter(state, loaded.programs),
      reader,
      userKeys: new UserKeys(image),
      unwinder,
      generated,
      status: new Schedule(statusrate),
      aggregations: new Schedule(aggrate ?? SECOND),
      readsAtRate: aggrate !== undefined,
      exit: exitrate === undefined ? undefined : new Schedule(exitrate),
      release: bufferRelease(image, loaded.maps, consumer.chargeOf),
      recorder:
        image.buffers.policy === 'ring' ? new FlightRecorder(image.buffers, consumer.chargeOf) : undefined,
      consumer,
      timer: new PollTimer(switchrate, () => this.#tick(running)),
      lookout: new Lookout(),
    };
    rings?.onWake(() => running.timer.now());
    return running;
  }

  #makeUnwinder(
    loaded: LoadedImage,
    generated: GeneratedNames | undefined,
    scripts: Scripts | undefined,
  ): Unwinder | undefined {
    if (!loaded.maps.has(UNWIND_MAP.processes)) return undefined;
    const { unwinding, remember } = this.#parts;
    const unwinder = new Unwinder(
      unwinding,
      (name) => loaded.map(name),
      (tgid) => {
        remember(tgid);
        generated?.see(tgid);
        scripts?.see(tgid);
      },
    );
    const target = this.#options.target?.pid;
    if (target !== undefined) unwinder.request(target);
    return unwinder;
  }

  #makeConsumer(
    aggregationReader: MapAggregationReader,
    freeSpeculation: ((id: number) => void) | undefined,
    scripts: Scripts | undefined,
  ): Consumer {
    const { program } = this.#parts;
    const options = { ...program.options.consumer };
    const symbols = namesFor(scripts?.names(this.#parts.symbols) ?? this.#parts.symbols, options);
    const events = eventOutput(this.#sink(), { symbols, options });
    const { output: wanted, runCommand = runInShell } = this.#options;
    const output = typeof wanted === 'function' ? wanted(this.#outputRun({ symbols, options })) : wanted;
    return new Consumer(program.image, {
      output: output === undefined ? events : teeOutput([output, events]),
      symbols,
      options,
      aggregationReader,
      runCommand,
      ...(freeSpeculation && { freeSpeculation }),
      setOption: (name, value) => setRunOption(name, value, this.#rates),
    });
  }

  #outputRun(printing: Printing): OutputRun {
    return {
      ...printing,
      image: this.#parts.program.image,
      aggregations: () => this.aggregations(),
      stop: () => void this.stop(),
    };
  }

  get #rates(): Rates {
    return {
      switchrate: (rate) => this.#running?.timer.setRate(rate),
      aggrate: (rate) => this.#running?.aggregations.setRate(rate),
    };
  }

  #sink(): EventSink {
    const session = this;
    return {
      get wantsRecords() {
        return session.#queues.size > 0 || session.listenerCount('record') > 0;
      },
      get wantsAggregations() {
        return session.listenerCount('aggregations') > 0;
      },
      record(event) {
        session.emit('record', event);
        for (const queue of session.#queues) queue.push(event);
      },
      aggregations: (events) => session.emit('aggregations', events),
      drop: (event) => session.emit('drop', event),
      fault: (event) => session.emit('fault', event),
    };
  }

  /** Where BEGIN and END run: anywhere, unless -x cpu says. */
  get #place(): { readonly cpu?: number } {
    const { cpu } = this.#parts.program.options.compile;
    return cpu === undefined ? {} : { cpu };
  }

  get #attachOptions(): AttachOptions {
    return {
      ...this.#place,
      functions: this.#parts.functions,
      leftOut: this.#leftOut,
      progress: (done, total) => this.emit('progress', { done, total }),
    };
  }

  /** BEGIN runs while every other program still stands still. */
  #begin(running: Running): void {
    const { state, loaded, timer } = running;
    const { target } = this.#options;
    state.target = this.#parts.program.target;
    for (const { program } of selfPrograms(loaded.programs, 'begin')) program.testRun(this.#place);
    state.startTracing();
    this.#phase = 'tracing';
    this.emit('started');
    if (target !== undefined) {
      target.onExit((exit) => {
        if (exit?.execError === undefined) void this.stop();
        else this.#stopBecause(exit.execError);
      });
      target.release();
      running.unwinder?.follow(target.pid);
    }
    timer.start();
    if (this.#stopWanted) void this.stop();
  }

  /** One look at everything. */
  #tick(running: Running): 'busy' | 'idle' {
    if (this.#phase !== 'tracing') return 'idle';
    try {
      const due = running.aggregations.due();
      if (due && running.readsAtRate) running.consumer.readAggregations();
      if (!this.#isHeldUp) this.#drain(running, { fresh: !running.readsAtRate });
      if (running.status.due()) {
        this.#checkDrops(running);
        if (running.state.filled) void this.stop();
      }
      this.#rememberProcesses(running, due);
      this.#extend(running);
      if (running.state.stopping) this.#exit(running.exit?.remaining() ?? 0);
    } catch (error) {
      this.#stopBecause(error);
    }
    if (running.rings === undefined || this.#isHeldUp) return 'idle';
    return running.rings.busy || running.rings.holding ? 'busy' : 'idle';
  }

  /** Somebody who iterates over records has to catch up first. */
  get #isHeldUp(): boolean {
    for (const queue of this.#queues) if (queue.full) return true;
    return false;
  }

  /** A program called exit(). */
  #exit(wait: number): void {
    if (wait === 0) void this.stop();
    else this.#exitTimer ??= globalThis.setTimeout(() => void this.stop(), wait);
  }

  /** Often at first: a command may load its libraries and be gone within moments. */
  #rememberProcesses({ userKeys, reader, unwinder }: Running, due: boolean): void {
    const target = this.#options.target?.pid;
    if (target !== undefined && (due || this.#ticks++ < FIRST_TICKS)) this.#parts.remember(target);
    if (!due) return;
    for (const tgid of userKeys.processes(reader)) this.#parts.remember(tgid);
    unwinder?.sweep();
  }

  /** Libraries that were loaded and processes that were started since have probes too. */
  #extend(running: Running): void {
    const { extend } = this.#parts.program;
    if (extend === undefined || this.#extending !== undefined) return;
    const image = running.lookout.look(extend);
    if (image !== undefined) this.#extendBy(running, image);
  }

  #extendBy({ consumer, loaded }: Running, image: TraceImage): void {
    consumer.extend(image);
    this.#extending = loaded
      .extend(image, this.#parts.attachers, this.#attachOptions)
      .then(() => void this.emit('extended', [...image.probes.values()]))
      .catch((error) => this.#stopBecause(error))
      .finally(() => {
        this.#extending = undefined;
      });
  }

  async #watchLoader(running: Running): Promise<void> {
    const { target } = this.#options;
    if (!this.#parts.program.awaitsLibraries || target === undefined) return;
    this.#loaderWatch = await LoaderWatch.start(
      target,
      this.#parts.types,
      () => void this.#loaded(running, target),
    );
  }

  /** The target has loaded something, and may be waiting. */
  async #loaded(running: Running, target: Target): Promise<void> {
    const { extend } = this.#parts.program;
    try {
      await this.#extending;
      const image = this.#phase === 'tracing' ? extend?.() : undefined;
      if (image !== undefined) this.#extendBy(running, image);
      await this.#extending;
    } catch (error) {
      this.#stopBecause(error);
    } finally {
      target.release();
    }
  }

  /** `all`: nothing is held back; `fresh`: aggregations are read again when a record asks for them. */
  #drain(running: Running, { all = false, fresh = true } = {}): void {
    const { rings, consumer, release, recorder } = running;
    if (rings === undefined) return;
    if (fresh) consumer.beginDrain();
    rings.drain((view, offset, length, cpu) => {
      release?.(view, offset, cpu);
      if (recorder !== undefined) recorder.add(view, offset, length, cpu);
      else consumer.record(view, offset, length, cpu);
    }, all);
    consumer.endDrain();
  }

  #checkDrops({ drops, consumer }: Running): void {
    for (const loss of drops.poll()) consumer.drop(loss);
  }

  #stopBecause(error: unknown): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.#fail(error);
    void this.stop();
  }

  async #stop(running: Running): Promise<void> {
    this.#phase = 'stopping';
    clearTimeout(this.#exitTimer);
    const { state, loaded, timer, rings, unwinder, generated, consumer, drops, recorder } = running;
    timer.stop();
    state.stopTracing();
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#loaderWatch?.close();
      await this.#extending;
      await loaded.detach();
      await generated?.finish();
      this.#drain(running, { all: true });
      running.recorder = undefined;
      recorder?.empty((view, offset, length, cpu) => consumer.record(view, offset, length, cpu));
      for (const { program } of selfPrograms(loaded.programs, 'end')) program.testRun(this.#place);
      this.#drain(running, { all: true });
      this.#checkDrops(running);
      consumer.finish();
    } catch (error) {
      failure = { error };
    }
    const result: SessionResult = { status: consumer.exitStatus, drops: drops.totals() };
    rings?.close();
    unwinder?.close();
    await loaded.close();
    this.#running = undefined;
    this.#finishedConsumer = consumer;
    this.#options.target?.close();
    if (failure === undefined) this.#ended(result);
    else this.#failed(failure.error);
  }

  #ended(result: SessionResult): void {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#lost = result.drops;
    this.#phase = 'stopped';
    if (result.status !== undefined) this.emit('exit', result.status);
    this.#closeQueues();
    this.emit('stopped');
    this.#finish(result);
  }

  #failed(error: unknown): void {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#phase = 'stopped';
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.#closeQueues();
    this.emit('stopped');
    this.#fail(error);
  }

  #closeQueues(): void {
    for (const queue of this.#queues) queue.end();
    this.#queues.clear();
  }
}
