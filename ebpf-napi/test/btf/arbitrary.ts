import fc from 'fast-check';
import { BtfBuilder, type BtfTypeInit } from '../../src/btf/index.js';

/** Arbitrary types that refer to ids 0 … `maxId`, whether they exist or make sense or not. */
export function typeInit(maxId: number): fc.Arbitrary<BtfTypeInit> {
  const name = fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/), fc.constant('größe'));
  const id = fc.integer({ min: 0, max: maxId });
  const u32 = fc.nat(0xffffffff);
  const linkage = fc.constantFrom('static', 'global', 'extern');
  const byte = fc.nat(0xff);
  const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 5 });
  const kind = <K extends string>(...kinds: K[]): fc.Arbitrary<K> => fc.constantFrom(...kinds);
  const int = fc.record({
    kind: kind('int'),
    name,
    size: u32,
    bits: byte,
    bitOffset: byte,
    signed: fc.boolean(),
    char: fc.boolean(),
    bool: fc.boolean(),
  });
  const modifier = fc.record({
    kind: kind('ptr', 'typedef', 'volatile', 'const', 'restrict', 'type_tag'),
    name,
    type: id,
  });
  const array = fc.record({ kind: kind('array'), name, element: id, index: id, length: u32 });
  const plain = fc.record({ name, type: id, bitOffset: u32, bitfieldSize: fc.constant(0) });
  const bitfield = fc.record({
    name,
    type: id,
    bitOffset: fc.nat(0xffffff),
    bitfieldSize: fc.integer({ min: 1, max: 255 }),
  });
  const composite = fc.record({
    kind: kind('struct', 'union'),
    name,
    size: u32,
    members: fc.oneof(list(plain), list(bitfield)),
  });
  const enumeration = fc.boolean().chain((signed) =>
    fc.record({
      kind: kind('enum'),
      name,
      size: u32,
      signed: fc.constant(signed),
      values: list(fc.record({ name, value: signed ? fc.integer() : u32 })),
    }),
  );
  const enum64 = fc.boolean().chain((signed) =>
    fc.record({
      kind: kind('enum64'),
      name,
      size: u32,
      signed: fc.constant(signed),
      values: list(
        fc.record({
          name,
          value: signed ? fc.bigInt(-(1n << 63n), (1n << 63n) - 1n) : fc.bigInt(0n, (1n << 64n) - 1n),
        }),
      ),
    }),
  );
  // A parameter without type and name would be read back as `...`.
  const param = fc.record({ name, type: id }).filter((p) => p.type !== 0 || p.name !== '');
  return fc.oneof(
    int,
    fc.record({ kind: kind('float'), name, size: u32 }),
    modifier,
    array,
    composite,
    enumeration,
    enum64,
    fc.record({ kind: kind('fwd'), name, of: kind('struct', 'union') }),
    fc.record({ kind: kind('func'), name, type: id, linkage }),
    fc.record({ kind: kind('func_proto'), name, returns: id, params: list(param), variadic: fc.boolean() }),
    fc.record({ kind: kind('var'), name, type: id, linkage }),
    fc.record({
      kind: kind('datasec'),
      name,
      size: u32,
      entries: list(fc.record({ type: id, offset: u32, size: u32 })),
    }),
    fc.record({ kind: kind('decl_tag'), name, type: id, component: fc.integer({ min: -1, max: 100 }) }),
  );
}

export function build(types: readonly BtfTypeInit[]): Uint8Array {
  const builder = new BtfBuilder();
  for (const type of types) builder.add(type);
  return builder.build();
}
