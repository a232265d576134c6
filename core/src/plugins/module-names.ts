import type { ProcessModule } from '../host/processes.js';
import { nameMatcher } from '../probes/glob.js';

/** What the program itself is called in any process. */
const PROGRAM = 'a.out';

const stem = (name: string): string => name.split('.', 1)[0] ?? name;

/**
 * Whether a module is meant: by its name, by its name without what follows the first dot (`libc` for `libc.so.6`), or as the
 * program (`a.out`).
 */
export function moduleMatcher(pattern: string): (module: ProcessModule) => boolean {
  const matches = nameMatcher(pattern);
  return ({ name, program }) => matches(name) || matches(stem(name)) || (program && matches(PROGRAM));
}

/** All that one could have written for these modules, for "did you mean". */
export function moduleNames(modules: readonly ProcessModule[]): readonly string[] {
  return modules.flatMap(({ name }) => [name, stem(name)]);
}
