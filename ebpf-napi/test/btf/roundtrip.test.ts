import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Btf, BtfBuilder, type BtfTypeInit } from '../../src/btf/index.js';
import { build, typeInit } from './arbitrary.js';

const types = fc.array(typeInit(20), { maxLength: 20 });

/** The blob in the other byte order: all of it is 32-bit words, but for the magic and the strings. */
function swapped(blob: Uint8Array): Uint8Array {
  const copy = new Uint8Array(blob);
  const view = new DataView(copy.buffer);
  const words = 24 + view.getUint32(12, true);
  view.setUint16(0, 0xeb9f, false);
  for (let at = 4; at < words; at += 4) view.setUint32(at, view.getUint32(at, true), false);
  return copy;
}

const expectTypes = (btf: Btf, inits: readonly BtfTypeInit[], first = 1): void => {
  expect(btf.endId).toBe(first + inits.length);
  inits.forEach((init, i) => {
    expect(btf.type(first + i)).toEqual({ ...init, id: first + i });
    expect(btf.kind(first + i)).toBe(init.kind);
    expect(btf.name(first + i)).toBe(init.name);
  });
};

describe('write and read', () => {
  it('gives back every type', () => {
    fc.assert(fc.property(types, (inits) => expectTypes(new Btf(build(inits)), inits)));
  });

  it('reads the other byte order and unaligned blobs', () => {
    fc.assert(
      fc.property(types, fc.nat(3), (inits, shift) => {
        const blob = build(inits);
        const moved = new Uint8Array(blob.byteLength + shift);
        moved.set(blob, shift);
        expectTypes(new Btf(moved.subarray(shift)), inits);
        expectTypes(new Btf(swapped(blob)), inits);
      }),
    );
  });

  it('finds types by name and kind as a plain search does', () => {
    fc.assert(
      fc.property(types, (inits) => {
        const btf = new Btf(build(inits));
        for (const { kind, name } of inits) {
          if (name === '') continue;
          const all = inits.flatMap((init, i) => (init.name === name ? [i + 1] : []));
          expect(btf.findAll(name)).toEqual(all);
          expect(btf.findId(kind, name)).toBe(inits.findIndex((t) => t.kind === kind && t.name === name) + 1);
        }
        expect(btf.findAll('absent name')).toEqual([]);
        const funcs = inits.filter(({ kind, name }) => kind === 'func' && name !== '');
        expect([...btf.names('func')]).toEqual(funcs.map(({ name }) => name));
      }),
    );
  });

  it('continues a base', () => {
    fc.assert(
      fc.property(types, types, (below, above) => {
        const base = new Btf(build(below));
        const builder = new BtfBuilder(base);
        for (const type of above) builder.add(type);
        const split = new Btf(builder.build(), base);
        expectTypes(split, above, base.endId);
        below.forEach((init, i) => {
          expect(split.type(i + 1)).toEqual({ ...init, id: i + 1 });
        });
        for (const { name } of [...below, ...above]) {
          if (name !== '')
            expect(split.findAll(name)).toHaveLength(
              [...below, ...above].filter((t) => t.name === name).length,
            );
        }
      }),
    );
  });

  it('stores equal strings once', () => {
    const builder = new BtfBuilder();
    builder.int('twice', 4);
    builder.int('twice', 8);
    expect(builder.build()).toHaveLength(24 + 2 * 16 + '\0twice\0'.length);
  });

  it('reads many names the same way as few', () => {
    const inits = Array.from(
      { length: 2000 },
      (_, i): BtfTypeInit => ({ kind: 'float', name: `f${i}`, size: 4 }),
    );
    expect([...new Btf(build(inits)).names('float')]).toEqual(inits.map(({ name }) => name));
    const foreign = [...inits, { kind: 'float', name: 'größe', size: 4 } as const];
    expect([...new Btf(build(foreign)).names('float')].at(-1)).toBe('größe');
  });

  it.each<[string, BtfTypeInit]>([
    ['zero byte', { kind: 'float', name: 'a\0b', size: 4 }],
    [
      'too far out',
      {
        kind: 'struct',
        name: '',
        size: 0,
        members: [{ name: 'm', type: 1, bitOffset: 1 << 24, bitfieldSize: 1 }],
      },
    ],
    [
      'does not fit',
      { kind: 'enum', name: '', size: 4, signed: true, values: [{ name: 'A', value: 0x80000000 }] },
    ],
    [
      'more than 65535',
      {
        kind: 'func_proto',
        name: '',
        returns: 0,
        params: Array.from({ length: 65536 }, () => ({ name: '', type: 1 })),
        variadic: false,
      },
    ],
  ])('refuses what does not fit: %s', (message, type) => {
    expect(() => new BtfBuilder().add(type)).toThrow(message);
  });
});
