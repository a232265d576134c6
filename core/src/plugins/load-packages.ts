import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import {
  type ConfiguredProvider,
  type FoundConfiguration,
  findConfiguration,
  isCode,
  isTrusted,
  isTrustedByRoot,
  loadConfiguration,
} from './config-file.js';
import { type PluginProblem, pluginProblem } from './container.js';
import type { ProviderPackage } from './define-provider.js';
import { discover } from './discover.js';

export interface PackageSearch {
  /** A configuration file; none is looked for then. Also from the environment: DTRACE_CONFIG. */
  readonly config?: string | undefined;
  /** Where to look otherwise; undefined: nowhere. */
  readonly searchFrom?: string | undefined;
  /** Folder whose project's dependencies are looked at for the keyword; undefined: nowhere. */
  readonly discoverFrom?: string | undefined;
  /** Default: that of the process. */
  readonly euid?: number | undefined;
}

export interface FoundPackages {
  readonly packages: readonly ProviderPackage[];
  readonly problems: readonly PluginProblem[];
  /** The configuration file used. */
  readonly path?: string;
}

async function findFile(search: PackageSearch, user: number): Promise<FoundConfiguration | undefined> {
  if (search.config !== undefined) return loadConfiguration(search.config);
  if (search.searchFrom === undefined) return undefined;
  return findConfiguration(search.searchFrom, (path) => {
    const root = user === 0;
    if (root ? isTrustedByRoot(path) : !isCode(path) || isTrusted(path, [0, user])) return;
    const others = root ? 'others than root' : 'others';
    throw new Error(`${path} is ignored: ${others} can write it (name it explicitly to use it)`);
  });
}

/** What a package may take to load, milliseconds. */
const PATIENCE = 5000;

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it takes longer than ${PATIENCE / 1000} s to load`)),
      PATIENCE,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Wanted extends ConfiguredProvider {
  /** The file that names it: names resolve as they do there. */
  readonly from: string;
  /** Named by the user: it may belong to anybody. */
  readonly explicit: boolean;
}

async function importPackage({ package: name, options, from, explicit }: Wanted, root: boolean) {
  const path = realpathSync(createRequire(from).resolve(name));
  if (root && !explicit && !isTrustedByRoot(path)) throw new Error(`others than root can write ${path}`);
  const module = (await inTime(import(pathToFileURL(path).href))) as { readonly default?: ProviderPackage };
  const made = module.default;
  if (made === undefined) throw new Error('it has no default export');
  if (options === undefined) return made;
  if (made.configure === undefined) throw new Error('it takes no options');
  return made.configure(options);
}

/** Dependencies of the project with the keyword. A project of others is none of root's business, and no problem. */
function discovered({ discoverFrom }: PackageSearch, root: boolean): readonly Wanted[] {
  const found = discoverFrom === undefined ? undefined : discover(discoverFrom);
  if (found === undefined || (root && !isTrustedByRoot(found.project))) return [];
  return found.names.map((name) => ({ package: name, from: found.project, explicit: false }));
}

/** Loads the provider packages that configuration names or the project depends on. One that fails is left out. */
export async function loadPackages(search: PackageSearch): Promise<FoundPackages> {
  const user = search.euid ?? process.geteuid?.() ?? 0;
  const root = user === 0;
  const packages: ProviderPackage[] = [];
  const problems: PluginProblem[] = [];
  let file: FoundConfiguration | undefined;
  try {
    file = await findFile(search, user);
  } catch (error) {
    // A file the user named must be usable; one that lay around need not.
    if (search.config !== undefined) throw error;
    problems.push(pluginProblem('configuration', error));
  }
  const { path: from = '', explicit = false, providers = [] } = file ?? {};
  const configured = providers.map((each): Wanted => ({ ...each, from, explicit }));
  const named = new Set(configured.map((each) => each.package));
  const others = discovered(search, root).filter((each) => !named.has(each.package));
  for (const wanted of [...configured, ...others]) {
    try {
      packages.push(await importPackage(wanted, root));
    } catch (error) {
      problems.push(pluginProblem(wanted.package, error));
    }
  }
  return { packages, problems, ...(file && { path: file.path }) };
}
