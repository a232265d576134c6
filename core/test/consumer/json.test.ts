import { expect, it } from 'vitest';
import { Consumer, consumerOptions, JsonOutput } from '../../src/consumer/index.js';
import { image, int, Kernel, key32, recordBytes, schema, symbols, words } from './fixture.js';

it('writes one event a line', () => {
  const options = consumerOptions();
  let text = '';
  const output = new JsonOutput({ write: (more) => (text += more) }, { symbols, options });
  const kernel = new Kernel();
  const fields = [int(16, 8), { kind: 'stack', offset: 24, frames: 1 } as const];
  const made = image(
    [[{ action: 'printf', fields, format: 'n=%d' }], [{ action: 'exit', fields: [int(16)] }]],
    [schema('sum', [int(0)]), schema('lquantize', [], [0n, 3n, 1n], 6, 1)],
  );
  const consumer = new Consumer(made, { output, symbols, options, aggregationReader: kernel });
  const feed = (bytes: Buffer): void =>
    consumer.record(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 2);
  feed(recordBytes(1, 1, words(2n ** 60n, 1, 0x1004), 2n ** 62n));
  feed(recordBytes(2, 1, words(3)));
  consumer.drop({ kind: 'principal', count: 2, cpu: 1 });
  kernel.put(0, key32(4), [1n, 9n]);
  kernel.put(1, new Uint8Array(0), [4n, 0n, 1n, 3n, 0n, 0n]);
  consumer.finish();

  const probe = { id: 1, provider: 'dtrace', module: '', function: '', name: 'BEGIN' };
  const event = { type: 'probe', cpu: 2, probe };
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { type: 'format', version: 1 },
    {
      ...event,
      time: '4611686018427387904',
      clause: 0,
      actions: [
        {
          action: 'printf',
          text: 'n=1152921504606846976',
          values: ['1152921504606846976', { frames: [{ address: '0x1004', text: 'vmlinux`vfs_read+0x4' }] }],
        },
      ],
    },
    { ...event, time: 5, clause: 1, actions: [{ action: 'exit', values: [3] }] },
    { type: 'drop', kind: 'principal', count: 2, cpu: 1, text: '2 drops on CPU 1' },
    { type: 'aggregation', name: 'a0', function: 'sum', normal: 1, rows: [{ key: [4], value: 9 }] },
    {
      type: 'aggregation',
      name: 'a1',
      function: 'lquantize',
      normal: 1,
      rows: [
        {
          key: [],
          buckets: [
            { from: 0, to: 0, count: 1 },
            { from: 1, to: 1, count: 3 },
          ],
        },
      ],
    },
    { type: 'exit', status: 3 },
  ]);
});
