import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { callHelper, exit, type Instruction, JEq, label, loadMap, store } from '../../src/asm/index.js';
import { BpfMap, Program, RingBufferReader } from '../../src/index.js';
import { Add, load, Mov, needs, submit, u64 } from './support.js';

const NO_WAKEUP = 1;
const FORCE_WAKEUP = 2;
const PAGE = 4096;

let open: { close(): void }[] = [];
const keep = <T extends { close(): void }>(thing: T): T => {
  open.push(thing);
  return thing;
};
afterEach(() => {
  for (const each of open.reverse()) each.close();
  open = [];
});

const ring = (name = 'ring', size = PAGE) =>
  keep(BpfMap.create({ name, type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: size }));

const load_ = (maps: BpfMap[], ...instructions: Instruction[]) =>
  keep(
    Program.loadSync(
      { name: 'ring', type: 'raw_tracepoint', instructions: [...instructions, Mov.imm(0, 0), exit()] },
      new Map(maps.map((map) => [map.name, map])),
    ),
  );

const values = (reader: RingBufferReader, limit?: number): [number, bigint][] => {
  const read: [number, bigint][] = [];
  reader.drain((view, bytes, offset, length, index) => {
    expect(length).toBe(8);
    expect(bytes[offset]).toBe(view.getUint8(offset));
    read.push([index, view.getBigUint64(offset, true)]);
  }, limit);
  return read;
};

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const mappings = () =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => /bpf[-_]map/.test(line)).length;

describe('ring buffers', needs('ringbuf'), () => {
  test('records in order, discarded ones left out, limit kept', () => {
    const map = ring();
    const discard = [
      loadMap(1, 'ring'),
      Mov.imm(2, 24),
      Mov.imm(3, 0),
      callHelper('bpf_ringbuf_reserve'),
      JEq.imm(0, 0, 'skip'),
      Mov.reg(1, 0),
      Mov.imm(2, NO_WAKEUP),
      callHelper('bpf_ringbuf_discard'),
      label('skip', Mov.imm(0, 0)),
    ];
    const code = [...submit('ring', 1n, NO_WAKEUP, 'a'), ...discard, ...submit('ring', 2n, NO_WAKEUP, 'b')];
    const program = load_([map], ...code);
    const reader = keep(new RingBufferReader([map]));
    expect(values(reader)).toEqual([]);
    program.testRun();
    expect(reader.pending()).toBe(16 + 32 + 16);
    expect(values(reader, 1)).toEqual([[0, 1n]]);
    expect(values(reader)).toEqual([[0, 2n]]);
    expect(reader.pending()).toBe(0);
  });

  test('wraps around, and loses nothing but what does not fit', () => {
    const map = ring();
    // 40-byte records with a header of 8: the size does not divide the ring, so records lie across its end.
    const program = load_(
      [map],
      load(8, 6, 1, 0),
      loadMap(1, 'ring'),
      Mov.imm(2, 40),
      Mov.imm(3, 0),
      callHelper('bpf_ringbuf_reserve'),
      JEq.imm(0, 0, 'full'),
      store(8, 0, 0, 6),
      Add.imm(6, 1),
      store(8, 0, 32, 6),
      Mov.reg(1, 0),
      Mov.imm(2, NO_WAKEUP),
      callHelper('bpf_ringbuf_submit'),
      label('full', Mov.imm(0, 0)),
    );
    const reader = keep(new RingBufferReader([map]));
    let next = 0n;
    let sent = 0n;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 50; i++) program.testRun({ ctx: u64(sent++) });
      reader.drain((view, _bytes, offset, length) => {
        const right =
          view.getBigUint64(offset, true) === next && view.getBigUint64(offset + 32, true) === next + 1n;
        if (length !== 40 || !right) throw new Error(`record ${next} is wrong`);
        next += 1n;
      });
    }
    expect(next).toBe(sent);
    for (let i = 0; i < 200; i++) program.testRun({ ctx: u64(sent++) });
    let kept = 0;
    reader.drain(() => {
      kept += 1;
    });
    expect(kept).toBe(Math.floor(PAGE / 48));
  });

  test('a callback that throws has taken its record', () => {
    const map = ring();
    const program = load_([map], ...submit('ring', 5n, NO_WAKEUP));
    const reader = keep(new RingBufferReader([map]));
    program.testRun();
    program.testRun();
    expect(() =>
      reader.drain(() => {
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(values(reader)).toEqual([[0, 5n]]);
  });

  test('several rings, woken once per wake-up', async () => {
    const rings = [ring('a'), ring('b')];
    const quiet = load_(rings, ...submit('a', 1n, NO_WAKEUP));
    const loud = load_(rings, ...submit('b', 2n, FORCE_WAKEUP));
    const reader = keep(new RingBufferReader(rings));
    let wakes = 0;
    reader.onWake(() => {
      wakes += 1;
    });
    await tick(20);
    expect(wakes).toBe(0);
    quiet.testRun();
    await tick(50);
    expect(wakes).toBe(0);
    loud.testRun();
    await tick(50);
    expect(wakes).toBe(1);
    expect(values(reader)).toEqual([
      [0, 1n],
      [1, 2n],
    ]);
    loud.testRun();
    await tick(50);
    expect(wakes).toBe(2);
    reader.unref();
    reader.ref();
  });

  test('closing unmaps, and leaves no view behind', async () => {
    await tick(50); // for those of earlier tests
    const before = mappings();
    const map = ring();
    const program = load_([map], ...submit('ring', 5n, NO_WAKEUP));
    const reader = new RingBufferReader([map]);
    program.testRun();
    let seen: Uint8Array | undefined;
    reader.drain((_view, bytes) => {
      seen = bytes;
    });
    expect(mappings()).toBe(before + 2);
    reader.close();
    expect(seen?.length).toBe(0);
    await tick(50);
    expect(mappings()).toBe(before);
  });
});
