import { basename, join } from 'node:path';
import type { HostFiles } from '../host/host.js';
import { CompileError } from '../language/diagnostics.js';
import { diagnostic, type MessageId } from '../language/messages.js';
import type { Source } from '../language/source.js';

const problem = (id: MessageId, values: Record<string, string>): CompileError =>
  new CompileError([diagnostic(id, undefined, values)]);

const DEPENDS = /^[^\S\n]*#\s*pragma\s+D\s+depends_on\s+library\s+(\S+)/gm;

/**
 * D libraries of some folders in the order they must be read in: each after those it depends on, otherwise by
 * folder and name. `elsewhere`: libraries that others may depend on as well. Throws a `CompileError` where a dependency
 * is nowhere, or leads back.
 */
export function readLibraries(
  files: HostFiles,
  folders: readonly string[],
  elsewhere: ReadonlySet<string> = new Set(),
): Source[] {
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
  const visit = (name: string, source: Source, before: readonly string[]): void => {
    if (ordered.has(source)) return;
    const path = [...before, name];
    if (before.includes(name)) throw problem('library.circular', { names: path.join(', ') });
    for (const [, text = ''] of source.text.matchAll(DEPENDS)) {
      const target = basename(text);
      const dependency = found.get(target);
      if (dependency) visit(target, dependency, path);
      else if (!elsewhere.has(target)) throw problem('library.missing', { name: source.name, target: text });
    }
    ordered.add(source);
  };
  for (const [name, source] of found) visit(name, source, []);
  return [...ordered];
}
