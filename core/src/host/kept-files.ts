import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Root's cache is the system's; others have one in their home folder. */
export function cacheFolder(): string {
  if (process.geteuid?.() === 0) return '/var/cache/dtrace';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dtrace');
}

/** A text as the name of a file. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 160);
}

/** A file somebody else could have written says nothing. */
export function isOwn(path: string): boolean {
  const { uid, mode } = statSync(path);
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

/** What was kept there; undefined when there is none that can be trusted. */
export function readKept(path: string): Buffer | undefined {
  try {
    return isOwn(path) ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps what is slow to make again. Failing to is no failure: it is made again the next time. */
export function keep(path: string, bytes: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(temporary, bytes, { mode: 0o600 });
      renameSync(temporary, path);
    } finally {
      rmSync(temporary, { force: true });
    }
  } catch {
    // A read-only or full disk.
  }
}

/** Keeps what there is one of for each of an unknown number of things: of those, the `most` used last stay. */
export function keepOneOf(path: string, bytes: Uint8Array | string, prefix: string, most: number): void {
  keep(path, bytes);
  const folder = dirname(path);
  try {
    const others = readdirSync(folder).filter((name) => name.startsWith(prefix) && name !== basename(path));
    const byAge = others
      .map((name) => ({ file: join(folder, name), time: statSync(join(folder, name)).mtimeMs }))
      .sort((a, b) => b.time - a.time);
    for (const { file } of byAge.slice(most - 1)) rmSync(file, { force: true });
  } catch {
    // Another run tidies up at the same time.
  }
}

/** As `readKept`, of what `keepOneOf` keeps. */
export function readOneOf(path: string): Buffer | undefined {
  const bytes = readKept(path);
  if (bytes === undefined) return undefined;
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // A read-only disk.
  }
  return bytes;
}
