import type { Source } from '../language/source.js';
import type { TypeSource } from '../language/types.js';
import { hasMember } from '../probes/table-needs.js';

const CONDITION = /^#if member\((\w+), ([\w.]+)\)$/;

/**
 * What our own libraries say of this kernel: kernels keep some things in other places than others do. `#if member(record,
 * member)`, `#else` and `#endif`, each on a line of its own and not nested. Lines keep their numbers.
 */
export function forKernel(library: Source, types: TypeSource): Source {
  if (!library.text.includes('\n#if member(')) return library;
  let taken: boolean | undefined;
  const lines = library.text.split('\n').map((line) => {
    const [, record, member] = CONDITION.exec(line) ?? [];
    if (record !== undefined && member !== undefined) taken = hasMember(types, `${record}.${member}`);
    else if (line === '#else') taken = taken === undefined ? undefined : !taken;
    else if (line === '#endif') taken = undefined;
    else return taken === false ? '' : line;
    return '';
  });
  return { ...library, text: lines.join('\n') };
}
