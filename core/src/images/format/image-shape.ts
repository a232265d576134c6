/** The shape of an image's sections: `compiler/image.ts`, `relocation.ts` and `image-file.ts` once more, as checks. */
import {
  big,
  bytes,
  count,
  either,
  flag,
  integer,
  later,
  list,
  map,
  object,
  oneOf,
  type Shape,
  text,
  tuple,
  variant,
} from './shape.js';

const empty = object({});

// ---- the image -----------------------------------------------------------------------------------------

const mapImage = object(
  {
    name: text,
    type: oneOf(
      'array',
      'percpu_array',
      'hash',
      'percpu_hash',
      'task_storage',
      'ring',
      'rings',
      'growing_array',
    ),
    keySize: count,
    valueSize: count,
    maxEntries: count,
  },
  { mmapable: flag, perCpu: flag, growing: flag, readOnly: flag, contents: bytes },
);

const site = object(
  { kind: text },
  { tracepoint: text, function: text, module: text, phase: oneOf('begin', 'end', 'error'), guard: text },
);

/** The instructions are in a section of their own. */
const program = object(
  {
    name: text,
    kind: text,
    type: oneOf('raw_tracepoint', 'tracing', 'perf_event', 'kprobe', 'tracepoint', 'syscall'),
    sites: list(object({ probe: count, site }, { cookie: big })),
    code: object({
      count,
      labels: list(tuple(count, text)),
      references: list(
        tuple(
          count,
          variant('kind', {
            label: object({ name: text }),
            map: object({ name: text }, { valueOffset: integer }),
            kfunc: object({ name: text }),
            func: object({ name: text }),
          }),
        ),
      ),
    }),
  },
  { expectedAttach: text, attachTo: text, attachModule: text },
);

const offset = { offset: count };
const field = variant('kind', {
  integer: object(
    { ...offset, size: oneOf(1, 2, 4, 8), signed: flag },
    { display: text, enumerators: map(big, text) },
  ),
  string: object({ ...offset, size: count }),
  'long-string': object(offset),
  bytes: object({ ...offset, size: count }),
  stack: object({ ...offset, frames: count }),
  ustack: object({ ...offset, frames: count }, { generated: flag }),
  'user-symbol': object({ ...offset, display: oneOf('symbol', 'function', 'module', 'address') }),
  probe: object({ ...offset, part: oneOf('provider', 'module', 'function', 'name') }),
});

const named = { name: text, size: count };
const printShape: Shape = later(() =>
  variant('kind', {
    integer: object({ ...named, signed: flag, character: flag }),
    enum: object({ ...named, signed: flag, names: list(tuple(big, text)) }),
    pointer: object(named),
    array: object({ ...named, of: printShape }),
    record: object({
      ...named,
      members: list(object({ name: text, bitOffset: count, shape: printShape }, { bitSize: count })),
    }),
    bytes: object(named),
  }),
);

const action = object(
  { action: text, fields: list(field) },
  {
    format: text,
    aggregations: list(count),
    constants: list(either(big, text)),
    print: object({ pointer: flag, shape: printShape }),
  },
);

const aggregation = object(
  {
    id: count,
    name: text,
    function: oneOf('count', 'sum', 'avg', 'min', 'max', 'stddev', 'quantize', 'lquantize', 'llquantize'),
    parameters: list(big),
    keys: list(field),
    keySize: count,
    words: count,
    map: text,
    scalar: flag,
    slot: count,
    signed: flag,
  },
  { tag: count },
);

const drops = Object.fromEntries(
  [
    'principal',
    'aggregation',
    'dynamic',
    'nested',
    'speculation',
    'speculationBusy',
    'speculationUnavailable',
    'doubleError',
  ].map((kind) => [kind, count]),
);

export const imageShape = object({
  maps: list(mapImage),
  programs: list(program),
  probes: map(count, object({ id: count, provider: text, module: text, function: text, name: text })),
  records: list(object({ epid: count, description: text, actions: list(action), charge: count })),
  aggregations: list(aggregation),
  sources: list(object({ name: text, line: count, column: count, text })),
  layout: object({
    size: count,
    phase: count,
    wallOffset: count,
    schedulerOffset: count,
    chill: count,
    target: count,
    filled: count,
    drops: object(drops),
    cpus: count,
  }),
  buffers: object({ policy: oneOf('switch', 'fill', 'ring'), size: count, end: count }, { counted: text }),
  clocks: list(oneOf('wall', 'scheduler')),
});

// ---- relocations ---------------------------------------------------------------------------------------

const path = object({
  root: object({ kind: oneOf('struct', 'union', 'typedef'), name: text }, { module: text }),
  steps: list(text),
});

const quantity = variant('kind', {
  offset: object({ path, from: count }),
  position: object({ path, from: count }),
  bit: object({ path }),
  size: object({ path }),
  enumerator: object({ name: text }, { tag: text }),
  address: object({ symbol: text }, { module: text }),
  argument: object({
    place: object({ kind: oneOf('tracepoint', 'function', 'result'), name: text }, { module: text }),
    index: count,
  }),
  cpus: empty,
  macro: object({ name: text }),
});

const known = object({ quantity, value: big, real: big }, { shape: text });
const positive: Shape = (value) => (value === 0 ? '' : count(value));
const relocation = object({
  at: count,
  terms: list(object({ quantity: count, times: integer, per: positive })),
});

export const relocationsShape = object({
  quantities: list(known),
  code: list(list(relocation)),
  data: list(relocation),
  pinned: list(known),
});

// ---- the head ------------------------------------------------------------------------------------------

export const headShape = object({
  arch: text,
  madeOn: text,
  source: text,
  features: list(text),
  clauses: list(object({ description: text, probes: list(count) })),
  settings: list(either(tuple(text, text), tuple(text, oneOf(null)))),
  destructive: flag,
});
