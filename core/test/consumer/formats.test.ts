import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { AggregationSchema, Field } from '../../src/compiler/image.js';
import {
  builtInFormats,
  Consumer,
  chooseFormat,
  consumerOptions,
  type Terminal,
} from '../../src/consumer/index.js';
import { dropKindNames } from '../../src/consumer/messages.js';
import { image, int, Kernel, keyText, recordBytes, schema, string, symbols, words } from './fixture.js';

const formats = new Map(builtInFormats.map((format) => [format.name, format]));

interface Show {
  readonly terminal?: Terminal;
  /** Between the records and the end. */
  readonly meanwhile?: () => void;
}

const stackKeys: readonly Field[] = [string(0, 16), { kind: 'stack', offset: 16, frames: 2 }];

const schemas: readonly AggregationSchema[] = [
  schema('count', stackKeys, [], 1),
  schema('quantize', [], [], 128, 1),
  schema('lquantize', [], [0n, 3n, 1n], 6, 2),
  schema('llquantize', [], [10n, 0n, 2n, 10n], 60, 3),
  schema('stddev', [string(0, 16)], [], 4, 4),
];

/** Runs one of everything through a format. */
function show(wanted: string, { terminal, meanwhile }: Show = {}): string {
  const { format, parameters } = chooseFormat(wanted, formats);
  const options = consumerOptions();
  let text = '';
  const made = image(
    [
      [
        { action: 'printf', fields: [int(16, 8), { kind: 'stack', offset: 24, frames: 1 }], format: 'n=%d' },
        { action: 'trace', fields: [{ kind: 'bytes', offset: 40, size: 3 }] },
        {
          action: 'trace',
          fields: [{ kind: 'integer', offset: 16, size: 8, signed: false, display: 'symbol' }],
        },
      ],
      [{ action: 'exit', fields: [int(16)] }],
    ],
    schemas,
  );
  const kernel = new Kernel();
  const consumer: Consumer = new Consumer(made, {
    output: format.create({
      symbols,
      options,
      image: made,
      parameters,
      terminal,
      sink: { write: (more) => (text += more) },
      complain: (line) => (text += `! ${line}\n`),
      aggregations: () => consumer.aggregations(),
      stop() {},
    }),
    symbols,
    options,
    aggregationReader: kernel,
  });
  const feed = (bytes: Buffer): void =>
    consumer.record(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 2);
  feed(recordBytes(1, 7, words(5, 1, 0x1004, 0x414243), 2n ** 62n));
  feed(recordBytes(2, 1, words(3)));
  const fault = Buffer.alloc(24);
  fault.writeUInt32LE(1, 0);
  fault.writeUInt32LE(1, 12);
  fault.writeBigUInt64LE(0xffffn, 16);
  feed(recordBytes(0, 7, fault));
  consumer.drop({ kind: 'principal', count: 2, cpu: 1 });
  const stack = (name: string, ...frames: readonly number[]): Uint8Array =>
    Buffer.concat([keyText(name), words(frames.length, frames[0]!, frames[1] ?? 0)]);
  kernel.put(0, stack('cat', 0x1004, 0x2000), [7n]);
  kernel.put(0, stack('cat', 0x1008, 0x2000), [3n]);
  const buckets = (count: number, at: number): bigint[] =>
    Array.from({ length: count }, (_, index) => (index === 0 || index === at ? 4n : 0n));
  kernel.put(1, new Uint8Array(0), buckets(128, 75));
  kernel.put(2, new Uint8Array(0), buckets(6, 2));
  kernel.put(3, new Uint8Array(0), buckets(60, 40));
  kernel.put(4, keyText('a,"b"'), [2n, 6n, 20n, 0n]);
  meanwhile?.();
  consumer.finish();
  return text;
}

describe('json', () => {
  const file = new URL('../../schema/events.schema.json', import.meta.url);
  const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(file, 'utf8')) as object);

  it('is as its schema says, for every kind of event', () => {
    const lines = show('json')
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const events = lines.map(
      (line) => JSON.parse(line) as { readonly type: string; readonly function?: string },
    );
    for (const event of events) expect(validate(event) ? [] : [event]).toEqual([]);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['format', 'probe', 'aggregation', 'drop', 'error', 'exit']),
    );
    expect(events.flatMap((event) => event.function ?? [])).toEqual(schemas.map((each) => each.function));
  });

  it('knows every kind of drop', () => {
    for (const kind of dropKindNames)
      expect([kind, validate({ type: 'drop', kind, count: 1, text: '' })]).toEqual([kind, true]);
  });

  it.each([
    { type: 'probe' },
    { type: 'drop', kind: 'other', count: 1, text: '' },
    { type: 'exit', status: '1' },
    { type: 'aggregation', name: 'a', function: 'count', normal: 1, rows: [{ key: [] }] },
  ])('refuses %j', (event) => {
    expect(validate(event)).toBe(false);
  });
});

describe('csv', () => {
  it('writes a table for each clause and aggregation', () => {
    const text = show('csv');
    expect(text).toContain(
      [
        'time,cpu,provider,module,function,name,value1,value2,value3,value4',
        '4611686018427387904,2,syscall,vmlinux,read,entry,5,vmlinux`vfs_read+0x4,434241,0x5',
      ].join('\r\n'),
    );
    expect(text).toContain('\r\n\r\naggregation,function,key1,value\r\na4,stddev,"a,""b""",1\r\n');
    expect(text).toContain('aggregation,function,from,to,count\r\na2,lquantize,0,0,4\r\n');
    expect(text).toContain('! dtrace: 2 drops on CPU 1\n');
  });
});

describe('stacks', () => {
  it('folds places in one function together, outermost first', () => {
    expect(show('folded')).toMatch(/^cat;ext4`0x2000;vmlinux`vfs_read 10\n$/m);
  });

  it('writes what speedscope reads', () => {
    const file = JSON.parse(show('speedscope').split('\n').at(-2)!) as {
      readonly shared: { readonly frames: readonly { readonly name: string }[] };
      readonly profiles: readonly {
        readonly samples: readonly number[][];
        readonly weights: readonly number[];
      }[];
    };
    const [profile] = file.profiles;
    expect(profile!.weights).toEqual([10]);
    expect(profile!.samples[0]!.map((at) => file.shared.frames[at]!.name)).toEqual([
      'cat',
      'ext4`0x2000',
      'vmlinux`vfs_read',
    ]);
  });

  it('draws a flame graph', () => {
    const text = show('flamegraph:title=a < b');
    expect(text).toContain('<title>vmlinux`vfs_read (10, 100.00%)</title>');
    expect(text).toContain('>a &lt; b</text>');
    expect(text.trimEnd().endsWith('</svg>')).toBe(true);
  });
});

describe('heat map', () => {
  it('draws what records carry', () => {
    expect(show('heatmap:unit=')).toContain('<title>0.0 s, from 5: 1</title>');
  });
});

describe('top', () => {
  it('needs a terminal', () => {
    expect(() => show('top')).toThrow('format top needs a terminal to draw on');
  });

  it('draws the largest first, and leaves the screen', () => {
    const drawn: (readonly string[])[] = [];
    let press = (_key: string): void => {};
    let closed = false;
    const screen = {
      draw: (lines: readonly string[]) => void drawn.push(lines),
      onKey: (listener: (key: string) => void) => {
        press = listener;
      },
      close: () => {
        closed = true;
      },
    };
    const terminal = { columns: 60, rows: 40, colour: true, openScreen: () => screen };
    show('top:every=1h', { terminal, meanwhile: () => press(' ') });
    const lines = drawn.at(-1)!;
    expect(lines[0]).toContain('2 drops on CPU 1');
    expect(lines.find((line) => line.startsWith('cat'))).toBe('cat  vmlinux`vfs_read+0x4      7');
    expect(lines.join('\n')).toMatch(/COUNT +P50 +P90 +P99/);
    expect(lines.every((line) => stripVTControlCharacters(line).length <= 60)).toBe(true);
    expect(closed).toBe(true);
  });
});

describe('a format', () => {
  it('is chosen by name, with the parameters it has', () => {
    expect(() => chooseFormat('xml', formats)).toThrow(/^unknown format 'xml': there are text, json, csv/);
    expect(() => chooseFormat('heatmap:size=3', formats)).toThrow(
      "format heatmap has no parameter 'size'; it has title, unit",
    );
  });
});
