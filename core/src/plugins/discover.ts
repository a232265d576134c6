/** Provider packages that a project depends on: found by their keyword, without configuration. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const KEYWORD = 'dtrace-provider';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly keywords?: readonly string[];
}

function read(path: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function projectOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (existsSync(manifest)) return manifest;
    if (at === dirname(at)) return undefined;
  }
}

/** Its folder, in the node_modules of the project or of a folder above. */
function installed(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return manifest;
    if (at === dirname(at)) return undefined;
  }
}

export interface Discovered {
  /** The project's package.json: names resolve as they do there. */
  readonly project: string;
  readonly names: readonly string[];
}

export function discover(folder: string): Discovered | undefined {
  const project = projectOf(folder);
  const manifest = project === undefined ? undefined : read(project);
  if (project === undefined || manifest === undefined) return undefined;
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const all = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const names = all.filter((name) => {
    const found = installed(name, dirname(project));
    return found !== undefined && read(found)?.keywords?.includes?.(KEYWORD) === true;
  });
  return names.length === 0 ? undefined : { project, names };
}
