/** A clause's schema made ready to run: how its records are decoded and how each action prints. */
import type { ActionRecord, RecordSchema, TraceImage } from '../compiler/image.js';
import { type FieldDecoder, fieldDecoder } from './decode.js';
import { hexdump } from './hexdump.js';
import { printText } from './print.js';
import type { Printing } from './printf/conversions.js';
import { compileFormat, type FormatProgram } from './printf/program.js';
import { traceText } from './trace.js';
import { type DecodedAction, isInteger, type Value } from './values.js';

export interface RecordPlan {
  readonly epid: number;
  readonly actions: readonly ActionPlan[];
  /** Nothing but commit() and discard(): the record is no output of its own. */
  readonly silent: boolean;
  /** What it counts in a buffer. */
  readonly charge: number;
  /** Its first field is the speculation it belongs to, or 0. */
  readonly speculates: boolean;
}

export interface ActionPlan {
  readonly schema: ActionRecord;
  readonly decoders: readonly FieldDecoder[];
  readonly text: FormatProgram;
}

/** Reads its text late: most outputs need either the values or the text. */
export class PlannedAction implements DecodedAction {
  constructor(
    readonly plan: ActionPlan,
    readonly values: readonly Value[],
  ) {}

  get schema(): ActionRecord {
    return this.plan.schema;
  }

  text(): string {
    return this.plan.text(this.values);
  }
}

export function planRecord(schema: RecordSchema, image: TraceImage, printing: Printing): RecordPlan {
  const { actions, epid, charge } = schema;
  return {
    epid,
    charge,
    actions: actions.map((action) => planAction(action, image, printing)),
    speculates: actions[0]?.action === 'speculate',
    silent: actions.length > 0 && actions.every(({ action }) => action === 'commit' || action === 'discard'),
  };
}

function planAction(schema: ActionRecord, image: TraceImage, printing: Printing): ActionPlan {
  return {
    schema,
    decoders: schema.fields.map((field) => fieldDecoder(field)),
    text: (texts[schema.action] ?? traced)(schema, printing, image),
  };
}

type TextMaker = (schema: ActionRecord, printing: Printing, image: TraceImage) => FormatProgram;

const formatted: TextMaker = (schema, printing) =>
  compileFormat(schema.format ?? '', schema.fields, printing);

const silent: TextMaker = () => () => '';

/** Every field the way trace() shows it: also right for stack(), ustack(), sym() … as statements. */
const traced: TextMaker = ({ fields }, printing) => {
  const [only] = fields;
  if (fields.length === 1 && only) return ([value]) => traceText(only, value!, printing);
  return (values) => fields.map((field, index) => traceText(field, values[index]!, printing)).join('');
};

const texts: Readonly<Record<string, TextMaker>> = {
  printf: formatted,
  system: formatted,
  freopen: formatted,
  // The keys are the arguments of the format.
  printa: (schema, printing, { aggregations }) =>
    schema.format === undefined
      ? () => ''
      : compileFormat(schema.format, aggregations[schema.aggregations?.[0] ?? -1]?.keys ?? [], printing),
  tracemem:
    () =>
    ([bytes, size]) =>
      bytes instanceof Uint8Array ? hexdump(limited(bytes, size)) : '',
  print: ({ print }, { options }) =>
    print ? (values) => printText(print, values, options.printsize) : () => '',
  exit: silent,
  clear: silent,
  trunc: silent,
  normalize: silent,
  denormalize: silent,
  ftruncate: silent,
  setopt: silent,
  speculate: silent,
  commit: silent,
  discard: silent,
  raise: silent,
  stop: silent,
  chill: silent,
};

/** tracemem's third argument shows less than was recorded; a negative one shows all. */
function limited(bytes: Uint8Array, size: Value | undefined): Uint8Array {
  return isInteger(size) && size >= 0 && size < bytes.length ? bytes.subarray(0, Number(size)) : bytes;
}
