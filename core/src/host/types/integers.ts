import type { BtfInt } from 'ebpf-napi/btf';
import type { IntegerType } from '../../language/types.js';

/** Compilers write integer names into BTF in their own word order; these are the names C programmers use. */
const NAMES: Readonly<Record<string, string>> = {
  'short int': 'short',
  'short unsigned int': 'unsigned short',
  'long int': 'long',
  'long unsigned int': 'unsigned long',
  'long long int': 'long long',
  'long long unsigned int': 'unsigned long long',
  '__int128 unsigned': 'unsigned __int128',
};

const SIZES: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);

export function integerType(int: Pick<BtfInt, 'name' | 'size' | 'signed' | 'char' | 'bool'>): IntegerType {
  const size = SIZES.has(int.size) ? (int.size as IntegerType['size']) : 8;
  const plain: IntegerType = {
    kind: 'integer',
    name: NAMES[int.name] ?? int.name,
    size,
    signed: int.signed,
  };
  if (int.bool || int.name === '_Bool') return { ...plain, bool: true };
  // gcc marks no type as char; the name tells.
  const char = int.char || int.name === 'char';
  return char ? { ...plain, signed: true, char: true } : plain;
}
