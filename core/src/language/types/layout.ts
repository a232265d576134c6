/** Where the members of a struct or union declared in D lie: the layout a C compiler gives them on LP64. */
import type { Member, RecordType, Type } from '../types.js';
import { alignOf, sizeOf } from './queries.js';

export interface MemberSpecification {
  readonly name: string;
  readonly type: Type;
  /** Width of a bit field. A width of 0 closes the current storage unit. */
  readonly bits?: number;
}

export function layoutRecord(
  kind: 'struct' | 'union',
  tag: string,
  specifications: readonly MemberSpecification[],
  strsize: number,
): RecordType {
  const members: Member[] = [];
  let end = 0;
  let size = 0;
  let align = 1;
  for (const { name, type, bits } of specifications) {
    const unit = alignOf(type) * 8;
    if (kind === 'union') end = 0;
    if (bits === 0) {
      end = roundUp(end, unit);
      continue;
    }
    const width = bits ?? (sizeOf(type, strsize) ?? 0) * 8;
    // A bit field shares its unit with the field before it unless it would cross the unit's end.
    const crosses = bits === undefined || Math.floor(end / unit) !== Math.floor((end + width - 1) / unit);
    const bitOffset = crosses ? roundUp(end, unit) : end;
    if (name !== '' || bits === undefined) {
      members.push({ name, type, bitOffset, ...(bits !== undefined && { bitSize: bits }) });
    }
    end = bitOffset + width;
    size = Math.max(size, end);
    align = Math.max(align, alignOf(type));
  }
  return { kind, tag, size: roundUp(Math.max(size, end), align * 8) / 8, align, members };
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
