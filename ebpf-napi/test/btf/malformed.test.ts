import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Btf, BtfBuilder, BtfError, formatDeclaration, formatDefinition } from '../../src/btf/index.js';
import { build, typeInit } from './arbitrary.js';

function sample(): BtfBuilder {
  const builder = new BtfBuilder();
  const int = builder.int('int', 4, true);
  builder.add({
    kind: 'struct',
    name: 'pair',
    size: 8,
    members: [
      { name: 'a', type: int, bitOffset: 0, bitfieldSize: 0 },
      { name: 'b', type: int, bitOffset: 32, bitfieldSize: 0 },
    ],
  });
  return builder;
}

/** The sample with one 32-bit word at byte `at` replaced. */
function patched(at: number, word: number): Uint8Array {
  const blob = sample().build();
  new DataView(blob.buffer).setUint32(at, word, true);
  return blob;
}

/** Uses everything there is on every type; only `BtfError` may come out. */
function exercise(read: () => Btf): void {
  const tolerate = (use: () => unknown): void => {
    try {
      use();
    } catch (error) {
      expect(error).toBeInstanceOf(BtfError);
    }
  };
  tolerate(() => {
    const btf = read();
    tolerate(() => btf.findAll('pair'));
    tolerate(() => btf.funcProto('pair'));
    tolerate(() => [...btf.names('struct')]);
    for (let id = 0; id < btf.endId; id++) {
      tolerate(() => btf.type(id));
      tolerate(() => btf.sizeof(id));
      tolerate(() => formatDeclaration(btf, id, 'x', { tags: true }));
      tolerate(() => formatDefinition(btf, id));
    }
  });
}

describe('malformed BTF', () => {
  it.each([
    ['shorter than', new Uint8Array(10)],
    ['not BTF: magic is 0x0', new Uint8Array(24)],
    ['version 2', patched(0, 0x0002eb9f)],
    ['header length 8', patched(4, 8)],
    ['type section ends at', patched(12, 0xfffffff0)],
    ['string section ends at', patched(20, 1000)],
    ['not whole words', patched(12, 15)],
    ['unknown kind 31', patched(28, 0x1f000000)],
    ['unknown kind 0', patched(28, 0)],
    ['reaches past the end', patched(44, 0x0400ffff)],
    ['does not end in a zero byte', patched(20, 8)],
  ])('refuses: %s', (message, blob) => {
    const read = () => new Btf(blob);
    expect(read).toThrow(BtfError);
    expect(read).toThrow(message);
  });

  it('refuses strings and ids out of range when they are used', () => {
    const badName = new Btf(patched(24, 0xffff));
    expect(() => badName.name(1)).toThrow('string offset 65535');
    expect(() => badName.type(1)).toThrow(BtfError);
    expect(badName.findId('struct', 'pair')).toBe(2);
    const btf = new Btf(sample().build());
    for (const id of [3, -1, 1.5, Number.NaN]) {
      expect(() => btf.type(id)).toThrow(BtfError);
      expect(() => btf.sizeof(id)).toThrow(BtfError);
    }
  });

  it('stops at cycles', () => {
    const builder = new BtfBuilder();
    builder.add({ kind: 'typedef', name: 'a', type: 2 });
    builder.add({ kind: 'const', name: '', type: 1 });
    builder.add({ kind: 'array', name: '', element: 3, index: 3, length: 2 });
    builder.add({ kind: 'ptr', name: '', type: 4 });
    const btf = new Btf(builder.build());
    expect(() => btf.resolve(1)).toThrow('refers to itself');
    expect(() => btf.sizeof(3)).toThrow('refers to itself');
    expect(() => formatDeclaration(btf, 4)).toThrow('refers to itself');
  });

  it('stops at types that fan out without end', () => {
    const builder = new BtfBuilder();
    for (let id = 1; id <= 60; id++) {
      const params = [
        { name: '', type: id + 1 },
        { name: '', type: id + 1 },
      ];
      builder.add({ kind: 'func_proto', name: '', returns: 0, params, variadic: false });
    }
    builder.int('int', 4);
    expect(() => formatDeclaration(new Btf(builder.build()), 1)).toThrow(BtfError);
  });

  it('survives any references between types', () => {
    fc.assert(
      fc.property(fc.array(typeInit(12), { maxLength: 10 }), (inits) => {
        exercise(() => new Btf(build(inits)));
      }),
    );
  });

  it('survives flipped bytes and cuts', () => {
    const blob = sample().build();
    const flips = fc.array(fc.tuple(fc.nat(blob.byteLength - 1), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(flips, fc.nat(blob.byteLength), (changes, cut) => {
        const copy = new Uint8Array(blob);
        for (const [at, byte] of changes) copy[at] = byte;
        exercise(() => new Btf(copy));
        exercise(() => new Btf(copy.subarray(0, cut)));
      }),
      { numRuns: 500 },
    );
  });
});
