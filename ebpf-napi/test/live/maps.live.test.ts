import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BpfError, BpfMap, MapFlags, mapFile, possibleCpus } from '../../src/index.js';
import { needs, u32, u64 } from './support.js';

const hash = (maxEntries: number) =>
  BpfMap.create({ name: 'h', type: 'hash', keySize: 4, valueSize: 8, maxEntries });

describe('maps', () => {
  test('update, look up and delete', () => {
    const map = hash(8);
    expect(map.lookup(u32(1))).toBeUndefined();
    map.update(u32(1), u64(7n));
    expect(map.lookup(u32(1))).toEqual(u64(7n));
    expect(() => map.update(u32(1), u64(8n), 'noexist')).toThrow(/EEXIST/);
    expect(() => map.update(u32(2), u64(8n), 'exist')).toThrow(/ENOENT/);
    expect(map.delete(u32(1))).toBe(true);
    expect(map.delete(u32(1))).toBe(false);
    map.close();
    expect(map.fd).toBe(-1);
  });

  test('keys and values that are too short never reach the kernel', () => {
    const map = hash(8);
    expect(() => map.lookup(new Uint8Array(3))).toThrow(RangeError);
    expect(() => map.update(u32(0), new Uint8Array(7))).toThrow(RangeError);
    map.close();
  });

  test.each([1, 1000, 200_000])('reads %i entries, and empties the map', async (size) => {
    const map = hash(size);
    const all = new Map<number, bigint>();
    for (let i = 0; i < Math.min(size, 20_000); i++) {
      map.update(u32(i), u64(BigInt(i) * 3n));
      all.set(i, BigInt(i) * 3n);
    }
    const asMap = ({ keys, values, count }: { keys: Uint8Array; values: Uint8Array; count: number }) => {
      const k = new Uint32Array(keys.slice().buffer);
      const v = new BigUint64Array(values.slice().buffer);
      return new Map(Array.from({ length: count }, (_, i) => [k[i]!, v[i]!]));
    };
    expect(asMap(map.entries())).toEqual(all);
    expect(asMap(await map.entriesAsync())).toEqual(all);
    expect(asMap(await map.lookupAndDeleteAllAsync())).toEqual(all);
    expect(map.entries().count).toBe(0);
    expect(map.lookupAndDeleteAll().count).toBe(0);
    map.close();
  });

  test.each(['percpu_hash', 'percpu_array', 'lru_hash'] as const)('%s', (type) => {
    const map = BpfMap.create({ name: 'p', type, keySize: 4, valueSize: 12, maxEntries: 3 });
    const stride = type === 'lru_hash' ? 12 : 16 * possibleCpus();
    expect(map.valueStride).toBe(stride);
    const value = new Uint8Array(stride).map((_, i) => (i % 16 < 12 ? i : 0));
    map.update(u32(2), value);
    expect(map.lookup(u32(2))).toEqual(value);
    const { keys, values, count } = map.entries();
    expect(count).toBe(type === 'percpu_array' ? 3 : 1);
    expect(keys.subarray((count - 1) * 4)).toEqual(u32(2));
    expect(values.subarray((count - 1) * stride)).toEqual(value);
    map.close();
  });

  test('shared memory of an array map', () => {
    const spec = { name: 'm', type: 'array', keySize: 4, valueSize: 12, maxEntries: 1000 } as const;
    const map = BpfMap.create({ ...spec, mmapable: true, contents: Uint8Array.of(1, 2, 3) });
    const memory = map.mmap();
    expect(memory.length).toBe(16_000);
    expect([...memory.subarray(0, 4)]).toEqual([1, 2, 3, 0]);
    memory[16 * 999] = 42;
    expect(map.lookup(u32(999))?.[0]).toBe(42);
    map.close();
    expect(memory.length).toBe(0);
  });

  test('a frozen map takes no more changes', () => {
    const spec = { name: 'f', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1 } as const;
    const map = BpfMap.create({ ...spec, contents: u64(5n), freeze: true, flags: MapFlags.RDONLY_PROG });
    expect(map.lookup(u32(0))).toEqual(u64(5n));
    expect(() => map.update(u32(0), u64(6n))).toThrow(BpfError);
    map.close();
  });

  test('an array of maps', () => {
    const inner = { name: 'i', type: 'array', keySize: 4, valueSize: 8, maxEntries: 1 } as const;
    const map = BpfMap.create({
      name: 'o',
      type: 'array_of_maps',
      keySize: 4,
      valueSize: 4,
      maxEntries: 2,
      innerMaps: [inner, { ...inner, contents: u64(9n) }],
    });
    expect(map.inner(1).lookup(u32(0))).toEqual(u64(9n));
    expect(new DataView(map.lookup(u32(1))!.buffer).getUint32(0, true)).toBeGreaterThan(0);
    expect(() => map.inner(2)).toThrow(RangeError);
    map.close();
    expect(map.innerMaps.every(({ fd }) => fd < 0)).toBe(true);
  });

  test('task storage', needs('task_storage'), () => {
    const spec = { type: 'task_storage', keySize: 4, maxEntries: 0 } as const;
    for (const valueSize of [1, 8, 1000]) BpfMap.create({ name: 't', ...spec, valueSize }).close();
  });

  test('a queue', () => {
    const map = BpfMap.create({ name: 'q', type: 'queue', keySize: 0, valueSize: 8, maxEntries: 4 });
    map.update(new Uint8Array(0), u64(1n));
    map.update(new Uint8Array(0), u64(2n));
    expect(map.pop()).toEqual(u64(1n));
    expect(map.pop()).toEqual(u64(2n));
    expect(map.pop()).toBeUndefined();
    map.close();
  });

  test('an error says what was asked', () => {
    const create = () =>
      BpfMap.create({ name: 'bad', type: 'array', keySize: 8, valueSize: 8, maxEntries: 1 });
    expect(create).toThrow(/cannot create array map 'bad' .*bpf\(BPF_MAP_CREATE\): EINVAL/);
  });
});

describe('files', () => {
  test('are mapped without being read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ebpf-napi-'));
    try {
      const path = join(folder, 'file');
      const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => i % 251);
      writeFileSync(path, bytes);
      expect(mapFile(path)).toEqual(bytes);
      writeFileSync(path, '');
      expect(mapFile(path)).toHaveLength(0);
      expect(() => mapFile(join(folder, 'none'))).toThrow(/ENOENT/);
      expect(() => mapFile(folder)).toThrow(BpfError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
