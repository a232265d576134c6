import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  type FoundConfiguration,
  findConfiguration,
  isTrustedByRoot,
  loadConfiguration,
} from './config-file.js';
import { type PluginProblem, pluginProblem } from './container.js';
import type { ProviderPackage } from './define-provider.js';

export interface PackageSearch {
  /** A configuration file; none is looked for then. Also from the environment: DTRACE_CONFIG. */
  readonly config?: string | undefined;
  /** Where to look otherwise; undefined: nowhere. */
  readonly searchFrom?: string | undefined;
  /** Default: that of the process. */
  readonly euid?: number | undefined;
}

export interface FoundPackages {
  readonly packages: readonly ProviderPackage[];
  readonly problems: readonly PluginProblem[];
  /** The configuration file used. */
  readonly path?: string;
}

const NONE: FoundPackages = { packages: [], problems: [] };

async function findFile(search: PackageSearch, root: boolean): Promise<FoundConfiguration | undefined> {
  if (search.config !== undefined) return loadConfiguration(search.config);
  if (search.searchFrom === undefined) return undefined;
  const file = await findConfiguration(search.searchFrom);
  if (file === undefined || !root || isTrustedByRoot(file.path)) return file;
  throw new Error(`${file.path} is ignored: others than root can write it (name it explicitly to use it)`);
}

/** Resolves as the configuration file's own folder would, and imports. */
async function importPackage(
  name: string,
  file: FoundConfiguration,
  root: boolean,
): Promise<ProviderPackage> {
  const path = realpathSync(createRequire(file.path).resolve(name));
  if (root && !file.explicit && !isTrustedByRoot(path)) throw new Error(`others than root can write ${path}`);
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: ProviderPackage };
  if (module.default === undefined) throw new Error('it has no default export');
  return module.default;
}

/** Loads the provider packages that configuration names. One that fails is reported and left out. */
export async function loadPackages(search: PackageSearch): Promise<FoundPackages> {
  const root = (search.euid ?? process.geteuid?.()) === 0;
  let file: FoundConfiguration | undefined;
  try {
    file = await findFile(search, root);
  } catch (error) {
    // A file the user named must be usable; one that lay around need not.
    if (search.config !== undefined) throw error;
    return { ...NONE, problems: [pluginProblem('configuration', error)] };
  }
  if (file === undefined) return NONE;
  const packages: ProviderPackage[] = [];
  const problems: PluginProblem[] = [];
  for (const name of file.providers) {
    try {
      packages.push(await importPackage(name, file, root));
    } catch (error) {
      problems.push(pluginProblem(name, error));
    }
  }
  return { packages, problems, path: file.path };
}
