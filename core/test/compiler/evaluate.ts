/** One D expression over changing inputs, run by the live kernel: compiled and loaded once, run many times. */
import { NULLNESS } from '../../src/compiler/unit.js';
import { Consumer } from '../../src/consumer/consumer.js';
import type { Output } from '../../src/consumer/output.js';
import { noSymbols } from '../../src/consumer/symbols.js';
import type { Value } from '../../src/consumer/values.js';
import type { DTrace } from '../../src/dtrace.js';
import { CompileError } from '../../src/language/diagnostics.js';
import { formatDiagnostic } from '../../src/language/messages.js';
import { ringsOf } from '../../src/session/image-maps.js';
import { LoadedImage } from '../../src/session/loading.js';
import { RingDrain } from '../../src/session/ring-drain.js';
import { selfPrograms } from '../../src/session/site-kinds/self.js';
import { engine } from './run-program.js';

export interface Fault {
  readonly fault: number;
  readonly address: bigint | undefined;
}

export type Input = string | bigint | number;

export interface EvaluateOptions {
  /** D declarations before the clause; the inputs are the global variables declared here, in order. */
  readonly declare?: string;
  /** Statements before the value is traced. */
  readonly before?: string;
  readonly options?: readonly (readonly [string, string | undefined])[];
}

/** A loaded program `BEGIN { before; trace(expression) }`. */
export class Evaluation {
  readonly #results: (readonly Value[] | Fault)[] = [];
  readonly #offsets: { readonly at: number; readonly size: number; readonly text: boolean }[] = [];
  readonly #rings: RingDrain;
  readonly #consumer: Consumer;
  #size = 0;

  private constructor(
    readonly loaded: LoadedImage,
    program: ReturnType<DTrace['compile']>,
  ) {
    const { strsize } = program.options.compile;
    for (const { scope, keys, type } of program.checked.variables) {
      if (scope !== 'global' || keys) continue;
      const text = type.kind === 'string';
      const before = text ? NULLNESS : 0;
      const size = text ? Math.ceil(strsize / 8) * 8 : 8;
      this.#offsets.push({ at: this.#size + before, size: text ? strsize : 8, text });
      this.#size += before + size;
    }
    this.#rings = new RingDrain(ringsOf(program.image.maps, loaded.maps), () => false);
    this.#consumer = new Consumer(program.image, {
      output: this.#output(),
      symbols: noSymbols,
      options: program.options.consumer,
      aggregationReader: { read: () => [] } as never,
    });
  }

  static async open(
    expressions: string | readonly string[],
    wanted: EvaluateOptions = {},
  ): Promise<Evaluation> {
    const list = typeof expressions === 'string' ? [expressions] : expressions;
    const traces = list.map((e) => `trace(${e});`).join(' ');
    const text = `${wanted.declare ?? ''}\ndtrace:::BEGIN { ${wanted.before ?? ''} ${traces} }`;
    try {
      const program = engine.compile(text, {
        options: [['destructive', undefined], ...(wanted.options ?? [])],
      });
      return new Evaluation(await LoadedImage.load(program.image), program);
    } catch (error) {
      if (!(error instanceof CompileError)) {
        const log = (error as { cause?: { log?: string } }).cause?.log;
        if (log !== undefined) throw new Error(`${(error as Error).message}\n${log.slice(-1500)}`);
        throw error;
      }
      throw new Error(error.diagnostics.map((d) => formatDiagnostic(d, { tags: true })).join('\n'));
    }
  }

  /** Runs once; the values traced, or the fault that ended the clause. */
  all(...inputs: readonly Input[]): readonly Value[] | Fault {
    if (this.#offsets.length > 0) this.#write(inputs);
    this.#results.length = 0;
    for (const { program } of selfPrograms(this.loaded.programs, 'begin')) program.testRun();
    this.#rings.drain((view, offset, length, cpu) => this.#consumer.record(view, offset, length, cpu), true);
    const [result] = this.#results;
    if (result === undefined) throw new Error('no record came');
    return result;
  }

  /** The first value traced. */
  run(...inputs: readonly Input[]): Value | Fault {
    const result = this.all(...inputs);
    return 'fault' in result ? result : (result[0] as Value);
  }

  async close(): Promise<void> {
    this.#rings.close();
    await this.loaded.close();
  }

  #write(inputs: readonly Input[]): void {
    const bytes = Buffer.alloc(this.#size);
    this.#offsets.forEach(({ at, size, text }, i) => {
      const input = inputs[i];
      if (input === undefined) return;
      if (text) bytes.write(String(input), at, size - 1, 'latin1');
      else bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(input)), at);
    });
    this.loaded.map('globals').update(Buffer.alloc(4), bytes);
  }

  #output(): Output {
    const results = this.#results;
    return {
      begin: () => {
        results.push([]);
      },
      action: (_record, action) => {
        (results.at(-1) as Value[]).push(...action.values);
      },
      fault: (fault) => {
        results.push({ fault: fault.kind, address: fault.address });
      },
      aggregations: () => {},
      end: () => {},
      drop: () => {},
      finish: () => {},
      flush: () => {},
      reopen: () => {},
      truncate: () => {},
    };
  }
}

/** The value of one expression without inputs. */
export async function evaluate(expression: string, options: EvaluateOptions = {}): Promise<Value | Fault> {
  const evaluation = await Evaluation.open(expression, options);
  try {
    return evaluation.run();
  } finally {
    await evaluation.close();
  }
}
