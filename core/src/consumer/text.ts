/** The output of the dtrace command: columns, or only what the script prints. */
import type { ProbeImage } from '../compiler/image.js';
import type { AggregationState } from './aggregation/state.js';
import { Flow } from './flow.js';
import type { Style } from './formats/colours.js';
import { type Drop, dropText, type Fault, faultMessage } from './messages.js';
import type { ConsumerOptions } from './options.js';
import type { Output, Sink } from './output.js';
import type { DecodedAction, ProbeRecord } from './values.js';

/** Held back until so many characters are together, or a drain ends. */
const chunk = 0x1_0000;
const nameWidth = 32;
const flowWidth = 41;

export class TextOutput implements Output {
  readonly #flow = new Flow();
  readonly #probeColumns = new Map<ProbeImage, string>();
  #pending = '';
  #headed = false;

  /** `complain` gets drops and errors, one line at a time without its end. */
  constructor(
    private readonly sink: Sink,
    private readonly complain: (line: string) => void,
    private readonly options: ConsumerOptions,
    private readonly style?: Style,
  ) {}

  begin(record: ProbeRecord): void {
    const { quiet, flowindent } = this.options;
    if (!this.#headed) this.#head();
    const { style } = this;
    if (quiet && !flowindent) return;
    const columns = flowindent ? this.#flowColumns(record) : this.#columns(record);
    this.#write(style === undefined ? columns : style.columns(columns));
  }

  action(_record: ProbeRecord, action: DecodedAction): void {
    this.#write(action.text());
  }

  aggregations(_record: ProbeRecord, _states: readonly AggregationState[], text: () => string): void {
    this.#write(this.#styled(text()));
  }

  end(_record: ProbeRecord): void {
    if (!this.options.quiet) this.#write('\n');
  }

  drop(drop: Drop): void {
    this.flush();
    this.complain(`dtrace: ${dropText(drop, this.options.droptags)}`);
  }

  fault(fault: Fault): void {
    this.flush();
    this.complain(`dtrace: ${faultMessage(fault, this.options.faults)}`);
  }

  finish(_states: readonly AggregationState[], text: () => string): void {
    this.#write(`\n${this.#styled(text())}`);
    this.flush();
  }

  /** What the terminal echoed is left alone on its line. */
  interrupted(): void {
    if (this.options.noCpuId) return;
    this.#write('\n');
    this.flush();
  }

  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.sink.write(text);
  }

  reopen(path: string | undefined): void {
    this.flush();
    this.sink.reopen?.(path);
  }

  truncate(): void {
    this.flush();
    this.sink.truncate?.();
  }

  #write(text: string): void {
    this.#pending += text;
    if (this.#pending.length >= chunk) this.flush();
  }

  #styled(aggregations: string): string {
    return this.style?.bars(aggregations) ?? aggregations;
  }

  #head(): void {
    this.#headed = true;
    const { quiet, flowindent, noCpuId } = this.options;
    if (quiet && !flowindent) return;
    const ids = flowindent ? 'CPU ' : 'CPU     ID ';
    const names = flowindent ? 'FUNCTION'.padEnd(flowWidth) : 'FUNCTION:NAME'.padStart(nameWidth);
    const head = `${noCpuId ? '' : ids}${names}\n`;
    this.#write(this.style?.heading(head) ?? head);
  }

  #columns({ probe, cpu }: ProbeRecord): string {
    let columns = this.#probeColumns.get(probe);
    if (columns === undefined) {
      const id = this.options.noCpuId ? '' : `${String(probe.id).padStart(6)} `;
      columns = `${id}${`${probe.function}:${probe.name}`.padStart(nameWidth)} `;
      this.#probeColumns.set(probe, columns);
    }
    return this.options.noCpuId ? columns : `${String(cpu).padStart(3)} ${columns}`;
  }

  #flowColumns(record: ProbeRecord): string {
    const name = this.#flow.line(record).padEnd(flowWidth);
    return this.options.noCpuId ? `${name} ` : `${String(record.cpu).padStart(3)} ${name} `;
  }
}
