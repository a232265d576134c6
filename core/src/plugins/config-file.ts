import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CosmiconfigResult, LoaderSync } from 'cosmiconfig';

/** What a configuration file may hold. */
export interface Configuration {
  readonly providers: readonly ConfiguredProvider[];
}

export interface ConfiguredProvider {
  /** A package's name, or a path relative to the file. */
  readonly package: string;
  readonly options?: unknown;
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
const CODE = ['.js', '.cjs', '.mjs', '.ts'];
const PLACES = [
  'package.json',
  'dtrace.config.json',
  'dtrace.config.yaml',
  'dtrace.config.yml',
  ...CODE.map((extension) => `dtrace.config${extension}`),
];

/** Code is not run while files are looked for: whoever finds it decides whether it may be. */
const CODE_FILE = Symbol('configuration that is code');
const later: LoaderSync = () => ({ [CODE_FILE]: true });

const refuse: LoaderSync = (path) => {
  throw new ConfigurationError(`${path}: its name does not say what it is: .json, .yaml, .js or .ts`);
};

async function runCode(path: string): Promise<unknown> {
  if (path.endsWith('.ts') && !(process.features as { readonly typescript?: unknown }).typescript)
    throw new ConfigurationError(`${path}: Node.js ${process.versions.node} runs no TypeScript (22.18 does)`);
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  return module.default;
}

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
      loaders: { ...Object.fromEntries(CODE.map((extension) => [extension, later])), noExt: refuse },
    }),
  );
}

function parse(value: unknown, path: string): Configuration {
  if (typeof value !== 'object' || value === null) throw new ConfigurationError(`${path}: not an object`);
  const providers = (value as { providers?: unknown }).providers ?? [];
  const wrong = `${path}: "providers" is a list of package names and paths, or of {"package": …, "options": …}`;
  if (!Array.isArray(providers)) throw new ConfigurationError(wrong);
  return {
    providers: providers.map((each: unknown): ConfiguredProvider => {
      if (typeof each === 'string') return { package: each };
      const { package: name, options } = (each ?? {}) as { package?: unknown; options?: unknown };
      if (typeof name !== 'string') throw new ConfigurationError(wrong);
      return { package: name, options };
    }),
  };
}

/** `mayRun`: throws where code must not be run. */
async function found(
  { config, filepath: path }: NonNullable<CosmiconfigResult>,
  explicit: boolean,
  mayRun: (path: string) => void,
): Promise<FoundConfiguration> {
  mayRun(path);
  const isCode = typeof config === 'object' && config !== null && CODE_FILE in config;
  return { ...parse(isCode ? await runCode(path) : config, path), path, explicit };
}

/** Reads the file the user named. */
export async function loadConfiguration(path: string): Promise<FoundConfiguration> {
  const result = (await explorer()).load(resolve(path));
  if (result === null || result.isEmpty === true) throw new ConfigurationError(`${path}: empty`);
  return found(result, true, () => {});
}

/** Looks in a folder and the ones above it up to the project's. `mayUse` throws where a file must not be used. */
export async function findConfiguration(
  folder: string,
  mayUse: (path: string) => void,
): Promise<FoundConfiguration | undefined> {
  const result = (await explorer()).search(folder);
  return result === null ? undefined : found(result, false, mayUse);
}

const OTHERS_WRITE = 0o022;

function isOwn(path: string, owners: readonly number[]): boolean {
  // Of a link its own owner counts: it says where relative names lead.
  const { uid, mode } = lstatSync(path);
  const link = (mode & 0o170000) === 0o120000;
  return owners.includes(uid) && (link || (mode & OTHERS_WRITE) === 0);
}

export const isCode = (path: string): boolean => CODE.some((extension) => path.endsWith(extension));

/**
 * Whether only root can have put a file where it is: it and every folder on the way. Sticky folders such as /tmp
 * do not count as root's: packages are looked for in node_modules of every folder upwards.
 */
export const isTrustedByRoot = (path: string): boolean => isTrusted(path, [0]);

/** The same for several owners. */
export function isTrusted(path: string, owners: readonly number[]): boolean {
  try {
    for (let at = resolve(path); ; at = dirname(at)) {
      if (!isOwn(at, owners)) return false;
      if (at === dirname(at)) return true;
    }
  } catch {
    return false;
  }
}
