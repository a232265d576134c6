/** Hand-made images, records and kernel values for the consumer's tests. */
import type {
  ActionRecord,
  AggregationSchema,
  Field,
  ProbeImage,
  TraceImage,
} from '../../src/compiler/image.js';
import {
  type AggregationReader,
  Consumer,
  type ConsumerOptions,
  consumerOptions,
  type SymbolResolver,
  TextOutput,
} from '../../src/consumer/index.js';

export const probes: readonly ProbeImage[] = [
  { id: 1, provider: 'dtrace', module: '', function: '', name: 'BEGIN' },
  { id: 7, provider: 'syscall', module: 'vmlinux', function: 'read', name: 'entry' },
  { id: 8, provider: 'syscall', module: 'vmlinux', function: 'read', name: 'return' },
  { id: 9, provider: 'fbt', module: 'vmlinux', function: 'vfs_read', name: 'entry' },
  { id: 10, provider: 'fbt', module: 'vmlinux', function: 'vfs_read', name: 'return' },
];

export const symbols: SymbolResolver = {
  kernel(address) {
    if (address >= 0x1000n && address < 0x2000n) {
      return { module: 'vmlinux', symbol: 'vfs_read', offset: address - 0x1000n };
    }
    return address >= 0x2000n && address < 0x3000n ? { module: 'ext4', symbol: '', offset: 0n } : undefined;
  },
  user(tgid, address) {
    return tgid === 42 && address < 0x100n
      ? { module: 'libc.so.6', symbol: 'read', offset: address }
      : undefined;
  },
};

export const int = (offset: number, size: 1 | 2 | 4 | 8 = 4, signed = true): Field => ({
  kind: 'integer',
  offset,
  size,
  signed,
});

export const string = (offset: number, size: number): Field => ({ kind: 'string', offset, size });

export function image(
  actions: readonly (readonly ActionRecord[])[],
  aggregations: readonly AggregationSchema[] = [],
): TraceImage {
  return {
    maps: [],
    programs: [],
    probes: new Map(probes.map((probe) => [probe.id, probe])),
    records: actions.map((list, index) => ({ epid: index + 1, description: 'BEGIN', actions: list })),
    aggregations,
    sources: [],
    layout: {
      size: 0,
      phase: 0,
      wallOffset: 0,
      schedulerOffset: 0,
      target: 0,
      drops: { principal: 0, aggregation: 0, dynamic: 0, nested: 0 },
    },
    clocks: [],
  };
}

export function schema(
  name: AggregationSchema['function'],
  keys: readonly Field[] = [],
  parameters: readonly bigint[] = [],
  words = 2,
  id = 0,
): AggregationSchema {
  const last = keys.at(-1);
  const size = last && 'size' in last ? last.size : 8;
  return {
    id,
    name: `a${id}`,
    function: name,
    parameters,
    keys,
    keySize: last ? last.offset + size : 0,
    words,
    map: `a${id}`,
    scalar: keys.length === 0,
    slot: 0,
    signed: true,
  };
}

/** What the kernel holds: by aggregation id, by key bytes, one value per CPU. */
export class Kernel implements AggregationReader {
  readonly values = new Map<number, Map<string, { key: Uint8Array; cpus: BigInt64Array[] }>>();

  put(id: number, key: Uint8Array, ...cpus: readonly (readonly bigint[])[]): void {
    const keys = this.values.get(id) ?? new Map();
    this.values.set(id, keys);
    keys.set(Buffer.from(key).toString('hex'), { key, cpus: cpus.map((words) => BigInt64Array.from(words)) });
  }

  read({ id }: AggregationSchema, each: (key: Uint8Array, words: BigInt64Array, cpu: number) => void): void {
    for (const { key, cpus } of this.values.get(id)?.values() ?? []) {
      for (const [cpu, words] of cpus.entries()) each(key, words, cpu);
    }
  }

  forget({ id }: AggregationSchema, keys?: readonly Uint8Array[]): void {
    if (!keys) this.values.delete(id);
    for (const key of keys ?? []) this.values.get(id)?.delete(Buffer.from(key).toString('hex'));
  }
}

export const key32 = (value: number): Uint8Array => {
  const key = Buffer.alloc(4);
  key.writeInt32LE(value);
  return key;
};

export const keyText = (text: string, size = 16): Uint8Array => {
  const key = Buffer.alloc(size);
  key.write(text);
  return key;
};

export class Run {
  readonly kernel = new Kernel();
  readonly options: ConsumerOptions;
  readonly consumer: Consumer;
  readonly commands: string[] = [];
  readonly reopened: (string | undefined)[] = [];
  readonly complaints: string[] = [];
  text = '';
  readonly #output: TextOutput;

  constructor(made: TraceImage, options: Partial<ConsumerOptions> = {}) {
    this.options = consumerOptions(options);
    const sink = {
      write: (text: string) => {
        this.text += text;
      },
      reopen: (path: string | undefined) => {
        if (path === '/forbidden') throw new Error('Permission denied');
        this.reopened.push(path);
      },
      truncate: () => {
        this.text = '';
      },
    };
    this.#output = new TextOutput(sink, (line) => this.complaints.push(line), this.options);
    this.consumer = new Consumer(made, {
      output: this.#output,
      symbols,
      options: this.options,
      aggregationReader: this.kernel,
      runCommand: (command) => this.commands.push(command),
    });
  }

  record(epid: number, probe: number, body: Uint8Array = new Uint8Array(0), cpu = 0): this {
    const bytes = recordBytes(epid, probe, body);
    this.consumer.beginDrain();
    this.consumer.record(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, cpu);
    this.#output.flush();
    return this;
  }

  finish(): string {
    this.consumer.finish();
    return this.text;
  }
}

/** A record with the usual header; `body` starts at offset 16. */
export function recordBytes(epid: number, probe: number, body: Uint8Array, time = 5n): Buffer {
  const bytes = Buffer.alloc(16 + body.length);
  bytes.writeUInt32LE(epid, 0);
  bytes.writeUInt32LE(probe, 4);
  bytes.writeBigUInt64LE(time, 8);
  bytes.set(body, 16);
  return bytes;
}

export function words(...values: readonly (bigint | number)[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, (value) => BigInt(value)).buffer);
}
