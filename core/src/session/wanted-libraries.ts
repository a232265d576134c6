import { basename } from 'node:path';
import type { Host } from '../host/host.js';
import type { Source } from '../language/source.js';
import { forKernel } from './kernel-variants.js';
import { readLibraries } from './library.js';
import { machineLibrary } from './machine-library.js';
import { neededLibraries } from './needed-libraries.js';

export interface LibraryRequest {
  /** Folders of D libraries, read before every script. */
  readonly libraryPaths?: readonly string[];
  /** The folder of our own library: of that, what the scripts do not mention is left unread. */
  readonly ownLibrary?: string;
  /** D libraries as texts, in their order: read after those of folders. */
  readonly libraries?: readonly Source[];
}

/** D libraries that scripts need, in the order to read them in; see `neededLibraries` for `argumentTexts`. */
export function wantedLibraries(
  host: Host,
  sources: readonly Source[],
  request: LibraryRequest,
  argumentTexts?: readonly string[],
): readonly Source[] {
  const own = request.ownLibrary === undefined ? [] : readLibraries(host, [request.ownLibrary]);
  const given = readLibraries(
    host,
    request.libraryPaths ?? [],
    new Set(own.map(({ name }) => basename(name))),
  );
  const wanted = neededLibraries(own, [...sources, ...given, ...(request.libraries ?? [])], argumentTexts);
  const needed = [...withoutTypes(wanted, host), ...given];
  return [
    ...machineLibrary(host, host.cpus, needed),
    ...needed.map((library) => forKernel(library, host.types)),
    ...(request.libraries ?? []),
  ];
}

/** On a kernel that tells no types, our libraries that look into its structures would be nothing but errors. */
function withoutTypes(libraries: readonly Source[], { types }: Host): readonly Source[] {
  if (libraries.length === 0 || types.findRecord('struct', 'task_struct') !== undefined) return libraries;
  return libraries.filter(({ text }) => !text.includes('->'));
}
