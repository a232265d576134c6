import { basename, join } from 'node:path';
import type { HostFiles } from '../host/host.js';
import type { Source } from '../language/source.js';

const DEPENDS = /^[^\S\n]*#\s*pragma\s+D\s+depends_on\s+library\s+(\S+)/gm;

/**
 * D libraries of some folders in the order they must be read in: each after those it depends on, otherwise by
 * folder and name. A dependency that is nowhere is left to the checker to complain about.
 */
export function readLibraries(files: HostFiles, folders: readonly string[]): Source[] {
  const found = new Map<string, Source>();
  for (const folder of folders) {
    for (const name of files.readDir(folder) ?? []) {
      if (!name.endsWith('.d') || found.has(name)) continue;
      const path = join(folder, name);
      const text = files.readText(path);
      if (text !== undefined) found.set(name, { name: path, text });
    }
  }
  const ordered = new Set<Source>();
  const visiting = new Set<string>();
  const visit = (name: string): void => {
    const source = found.get(name);
    if (source === undefined || ordered.has(source) || visiting.has(name)) return;
    visiting.add(name);
    for (const [, dependency = ''] of source.text.matchAll(DEPENDS)) visit(basename(dependency));
    ordered.add(source);
  };
  for (const name of found.keys()) visit(name);
  return [...ordered];
}
