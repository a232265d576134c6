import type { Source } from '../language/source.js';
import type { TypeSource } from '../language/types.js';
import { hasMember } from '../probes/table-needs.js';

const CONDITION = /^#if (?:member\((\w+), ([\w.]+)\)|function\((\w+)\))$/;

/** Undefined where the line is no condition. */
function holds(line: string, types: TypeSource): boolean | undefined {
  const [, record, member, named] = CONDITION.exec(line) ?? [];
  if (named !== undefined) return types.findFunction(named) !== undefined;
  return record === undefined ? undefined : hasMember(types, `${record}.${member}`);
}

/**
 * What our own libraries say of this kernel: kernels keep some things in other places than others do. `#if member(record,
 * member)` or `#if function(name)`, `#else` and `#endif`, each on a line of its own and not nested. Lines keep their numbers.
 */
export function forKernel(library: Source, types: TypeSource): Source {
  if (!library.text.includes('\n#if ')) return library;
  let taken: boolean | undefined;
  const lines = library.text.split('\n').map((line) => {
    const condition = holds(line, types);
    if (condition !== undefined) taken = condition;
    else if (line === '#else') taken = taken === undefined ? undefined : !taken;
    else if (line === '#endif') taken = undefined;
    else return taken === false ? '' : line;
    return '';
  });
  return { ...library, text: lines.join('\n') };
}
