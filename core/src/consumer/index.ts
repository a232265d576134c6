/** The consumer's room as others see it. */
export { aggregationDelta } from './aggregation/delta.js';
export type { AggregationReader, AggregationRow } from './aggregation/state.js';
export { Consumer, type ConsumerParts } from './consumer.js';
export * from './events-types.js';
export { builtInFormats } from './formats/index.js';
export { JsonOutput } from './json.js';
export { type Deliver, mergeBatches, RingBatch } from './merge.js';
export { type Drop, dropText, type Fault, faultMessage } from './messages.js';
export { type ConsumerOptions, consumerOptions, setConsumerOption } from './options.js';
export type { Output, Sink } from './output.js';
export {
  chooseFormat,
  type OutputContext,
  type OutputFormat,
  OutputFormatError,
  type OutputRun,
  plainOutput,
  type Screen,
  type Terminal,
} from './output-format.js';
export type { Printing } from './printf/conversions.js';
export { noSymbols, type ResolvedSymbol, type SymbolResolver } from './symbols.js';
export { TextOutput } from './text.js';
export type { DecodedAction, Integer, ProbeRecord, StackValue, SymbolValue, Value } from './values.js';
