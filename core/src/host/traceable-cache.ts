import { bootId } from './boot-id.js';
import type { HostFiles } from './host.js';
import { keep, readKept } from './kept-files.js';
import { BLACKLIST, type TraceableFunctions } from './traceable.js';

/** Raised when the list comes out another way for the same kernel. */
const FORMAT = 1;

const TYPES = '/sys/kernel/btf/vmlinux';

/** Each module's name, size and address. Users of one come and go. */
function modules(files: HostFiles): readonly string[] {
  const lines = files.readText('/proc/modules')?.split('\n') ?? [];
  return lines.map((line) => {
    const [name, size, , , , address] = line.split(' ');
    return [name, size, address].join(' ');
  });
}

/** What the list was made from: the kernel where it lies since it was started, its modules, and what of all could be read. */
function madeFrom(files: HostFiles, kernel: string, tracefs: string | undefined): string {
  const listed = [BLACKLIST, TYPES].map((path) => files.inode(path) !== undefined);
  const start = bootId(files);
  return JSON.stringify([FORMAT, kernel, start, tracefs ?? null, ...listed, ...modules(files)]);
}

/** One line of counts for each module, then the names, those of `addresses` with the addresses. */
function write(key: string, groups: readonly TraceableFunctions[]): string {
  const lines = [key];
  for (const { module, typed, untyped, ambiguous, addresses } of groups) {
    lines.push([module, typed.length, untyped.length, ambiguous.size, addresses.size].join(' '));
    for (const names of [typed, untyped, ambiguous]) for (const name of names) lines.push(name);
    for (const [name, places] of addresses) lines.push([name, ...places].join(' '));
  }
  return lines.join('\n');
}

function addressed(line: string): readonly [string, readonly bigint[]] {
  const [name = '', ...places] = line.split(' ');
  return [name, places.map(BigInt)];
}

function parse(text: string, key: string): readonly TraceableFunctions[] | undefined {
  if (!text.startsWith(`${key}\n`)) return undefined;
  const lines = text.split('\n');
  const groups: TraceableFunctions[] = [];
  let at = 1;
  const take = (count: string | undefined): readonly string[] => {
    const from = at;
    at += Number(count);
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const [module = '', typed, untyped, ambiguous, addresses] = lines[at++]!.split(' ');
    groups.push({
      module,
      typed: take(typed),
      untyped: take(untyped),
      ambiguous: new Set(take(ambiguous)),
      addresses: new Map(take(addresses).map(addressed)),
    });
  }
  return at === lines.length ? groups : undefined;
}

/** The list of the functions that probes can be put on, kept on disk: making it takes longer than all else at a start. */
export class TraceableCache {
  #unsaved: string | undefined;

  constructor(
    readonly file: string,
    readonly files: HostFiles,
    readonly kernel: string,
  ) {}

  get(tracefs: string | undefined, find: () => readonly TraceableFunctions[]): readonly TraceableFunctions[] {
    const key = madeFrom(this.files, this.kernel, tracefs);
    const kept = readKept(this.file);
    const known = kept && parse(kept.toString('latin1'), key);
    if (known !== undefined) return known;
    const found = find();
    this.#unsaved = write(key, found);
    return found;
  }

  /** Writes what was found anew. */
  save(): void {
    if (this.#unsaved !== undefined) keep(this.file, this.#unsaved);
    this.#unsaved = undefined;
  }
}
