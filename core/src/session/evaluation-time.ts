/**
 * -x evaltime: how far a command that was started gets before its probes are looked for. Its libraries are mapped by then.
 * It is stopped there by a signal that a uprobe sends.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import {
  attachUprobeMultiSync,
  attachUprobeSync,
  type HeldChild,
  hasFeature,
  type Link,
  Program,
} from 'ebpf-napi';
import { type CodeFile, openCodeFile } from '../host/elf/code-file.js';
import { functionIndex } from '../host/elf/find-function.js';
import { parseMaps } from '../host/symbols/memory-map.js';
import type { TypeSource } from '../language/types.js';
import { LOADER_EVENT } from './loader-watch.js';
import { stopAlways, stopUnlessOrphaned } from './stop-program.js';

/**
 * exec: nothing but the program and its loader is there; preinit: libraries are loaded and none of their code has run;
 * postinit: libraries are initialised; main: so is the program.
 */
export type EvaluationTime = 'exec' | 'preinit' | 'postinit' | 'main';

/** A place that a program passes. */
interface Milestone {
  readonly file: CodeFile;
  readonly address: number;
}

const MOST_INTERPRETERS = 4;
const LONGEST_LINE = 256;

function firstLine(path: string): string {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LONGEST_LINE);
    return bytes.toString('latin1', 0, readSync(fd, bytes)).split('\n', 1)[0] ?? '';
  } finally {
    closeSync(fd);
  }
}

/** The program that the kernel executes for a file: a script names another one. A file that says nothing is the shell's. */
function executed(path: string): CodeFile | undefined {
  let file = path;
  for (let i = 0; i <= MOST_INTERPRETERS; i++) {
    const code = openCodeFile(file);
    if (code !== undefined) return code;
    file = /^#!\s*(\S+)/.exec(firstLine(file))?.[1] ?? '/bin/sh';
  }
  return undefined;
}

function addressOf({ functions }: CodeFile, name: string): number | undefined {
  const index = functionIndex(functions, name);
  return index === undefined ? undefined : functions.addresses[index];
}

const START_LENGTH = 64;
/** lea main(%rip),%rdi and mov $main,%rdi: what a program starts with tells libc where main is. */
const LEA = Buffer.from([0x48, 0x8d, 0x3d]);
const MOV = Buffer.from([0x48, 0xc7, 0xc7]);

function findMain(program: CodeFile): number {
  const named = addressOf(program, 'main');
  if (named !== undefined) return named;
  const start = program.bytes(program.entry, START_LENGTH);
  const lea = start.indexOf(LEA);
  if (lea >= 0 && lea + 7 <= start.length) return program.entry + lea + 7 + start.readInt32LE(lea + 3);
  const mov = start.indexOf(MOV);
  return mov >= 0 && mov + 7 <= start.length ? start.readInt32LE(mov + 3) : program.entry;
}

/** Whether a process has more files of code mapped than its program and the loader. */
function hasLibraries(pid: number): boolean {
  const files = parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8')).filter(({ path }) =>
    path.startsWith('/'),
  );
  return new Set(files.map(({ file }) => file)).size > 2;
}

/** Where it is stopped; at the first of two places only if its libraries are there by then. */
function milestones(path: string, time: EvaluationTime): readonly Milestone[] {
  const program = executed(path);
  if (program === undefined) return [];
  const loader = program.interpreter === undefined ? undefined : openCodeFile(program.interpreter);
  const start = { file: program, address: program.entry };
  if (time === 'main') return [{ file: program, address: findMain(program) }];
  if (time === 'postinit' || loader === undefined) return [start];
  if (time === 'exec') return [{ file: loader, address: loader.entry }];
  // The event also comes before the libraries do, and there may be none.
  const address = addressOf(loader, LOADER_EVENT);
  return address === undefined ? [start] : [{ file: loader, address }, start];
}

function stopAt(pid: number, { file, address }: Milestone, types: TypeSource | undefined): Link {
  const offset = file.fileOffset(address) ?? 0;
  const { path } = file;
  const multi = hasFeature('uprobe_multi');
  const instructions = (types && stopUnlessOrphaned(types)) ?? stopAlways;
  const spec = { name: 'stop_target', type: 'kprobe', instructions } as const;
  const program = Program.loadSync(
    multi ? { ...spec, expectedAttach: 'trace_uprobe_multi' } : spec,
    new Map(),
  );
  try {
    if (multi)
      return attachUprobeMultiSync(program, { path, offsets: BigUint64Array.of(BigInt(offset)), pid });
    return attachUprobeSync(program, { path, offset, pid });
  } finally {
    program.close();
  }
}

/** Its state's letter, as /proc has it; undefined when it is gone. */
function stateOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return undefined;
  }
}

const STOPPED = 'T';
const ENDED: ReadonlySet<string | undefined> = new Set(['Z', 'X', undefined]);
const PAUSE = 0.2;
/** A program that is not what it seems may never pass the place: then it runs, and what is mapped is what counts. */
const PATIENCE = 10_000;

const nap = new Int32Array(new SharedArrayBuffer(4));

function waitForStop(pid: number): boolean {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const state = stateOf(pid);
    if (state === STOPPED) return true;
    if (ENDED.has(state)) return false;
    Atomics.wait(nap, 0, 0, PAUSE);
  }
  return false;
}

/** Lets a held command run up to that time and leaves it stopped there. Blocks for the milliseconds that takes. */
export function runTo(child: HeldChild, time: EvaluationTime, types: TypeSource | undefined): void {
  const { pid, path } = child;
  const places = milestones(path, time);
  const links: Link[] = [];
  try {
    for (const place of places) links.push(stopAt(pid, place, types));
    child.release();
    for (let stops = 1; links.length > 0 && waitForStop(pid); stops++) {
      if (stops === places.length || hasLibraries(pid)) return;
      child.kill('SIGCONT');
    }
  } finally {
    for (const link of links) link.closeSync();
  }
}
