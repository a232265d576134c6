import type { Btf } from 'ebpf-napi/btf';

/** Enumeration constant → its enum's id, over one BTF. The first enum that has a name wins, as its id is lowest. */
export function indexEnumerators(
  btf: Btf,
): ReadonlyMap<string, { readonly id: number; readonly value: bigint }> {
  const index = new Map<string, { id: number; value: bigint }>();
  for (const kind of ['enum', 'enum64'] as const) {
    for (const id of btf.ids(kind)) {
      const type = btf.type(id);
      if (type.kind !== 'enum' && type.kind !== 'enum64') continue;
      for (const { name, value } of type.values) {
        if (!index.has(name)) index.set(name, { id, value: BigInt(value) });
      }
    }
  }
  return index;
}
