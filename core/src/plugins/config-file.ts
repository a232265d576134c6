import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { CosmiconfigResult, LoaderSync } from 'cosmiconfig';

/** What a configuration file may hold. */
export interface Configuration {
  /** Package names, or paths relative to the file. */
  readonly providers: readonly string[];
}

export interface FoundConfiguration extends Configuration {
  readonly path: string;
  /** Named by the user and not found lying around: what it names may belong to anybody. */
  readonly explicit: boolean;
}

export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const NAME = 'dtrace';
const PLACES = ['package.json', 'dtrace.config.json', 'dtrace.config.yaml', 'dtrace.config.yml'];
const CODE = ['.js', '.cjs', '.mjs', '.ts', 'noExt'];

const refuse: LoaderSync = (path) => {
  throw new ConfigurationError(`${path}: configuration is JSON or YAML, never code`);
};

/**
 * cosmiconfig looks for a configuration of its own in the current directory whenever an explorer is made, and runs
 * it if it is code. A tool that runs as root must not: for that moment the current directory is `/`.
 */
function fromRoot<T>(make: () => T): T {
  const cwd = process.cwd;
  process.cwd = () => '/';
  try {
    return make();
  } finally {
    process.cwd = cwd;
  }
}

async function explorer() {
  const { cosmiconfigSync } = await import('cosmiconfig');
  return fromRoot(() =>
    cosmiconfigSync(NAME, {
      searchPlaces: PLACES,
      searchStrategy: 'project',
      loaders: Object.fromEntries(CODE.map((extension) => [extension, refuse])),
    }),
  );
}

function parse(value: unknown, path: string): Configuration {
  if (typeof value !== 'object' || value === null) throw new ConfigurationError(`${path}: not an object`);
  const providers = (value as { providers?: unknown }).providers ?? [];
  if (!Array.isArray(providers) || !providers.every((each): each is string => typeof each === 'string')) {
    throw new ConfigurationError(`${path}: "providers" is a list of package names and paths`);
  }
  return { providers };
}

const found = (result: NonNullable<CosmiconfigResult>, explicit: boolean): FoundConfiguration => ({
  ...parse(result.config, result.filepath),
  path: result.filepath,
  explicit,
});

/** Reads the file the user named. */
export async function loadConfiguration(path: string): Promise<FoundConfiguration> {
  const result = (await explorer()).load(resolve(path));
  if (result === null || result.isEmpty === true) throw new ConfigurationError(`${path}: empty`);
  return found(result, true);
}

/** Looks in a folder and the ones above it up to the project's. */
export async function findConfiguration(folder: string): Promise<FoundConfiguration | undefined> {
  const result = (await explorer()).search(folder);
  return result === null ? undefined : found(result, false);
}

const OTHERS_WRITE = 0o022;

function isRoots(path: string): boolean {
  // Of a link its own owner counts: it says where relative names lead.
  const { uid, mode } = lstatSync(path);
  const link = (mode & 0o170000) === 0o120000;
  return uid === 0 && (link || (mode & OTHERS_WRITE) === 0);
}

/**
 * Whether only root can have put a file where it is: it and every folder on the way. Sticky folders such as /tmp
 * do not count as root's: packages are looked for in node_modules of every folder upwards.
 */
export function isTrustedByRoot(path: string): boolean {
  try {
    for (let at = resolve(path); ; at = dirname(at)) {
      if (!isRoots(at)) return false;
      if (at === dirname(at)) return true;
    }
  } catch {
    return false;
  }
}
