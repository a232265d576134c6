/** Work that live tests have done while they trace: one deed at a time, again and again until the script ends. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type CompileRequest, type DTrace, TextOutput } from '../../core/src/index.js';
import type { RunResult } from '../../core/test/session/live.js';
import { tables } from '../../core/test/session/live-tables.js';

const source = new URL('workload.c', import.meta.url).pathname;
const cache = new URL('../../node_modules/.cache/dtrace-workload', import.meta.url).pathname;

/** The compiled workload.c; its name as scripts see it is `workload`. */
export function workloadFile(): string {
  const folder = join(cache, `${process.arch}-${Math.trunc(statSync(source).mtimeMs)}`);
  const file = join(folder, 'workload');
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  execFileSync('cc', ['-O1', '-static-pie', '-pthread', '-o', fresh, source]);
  renameSync(fresh, file);
  return file;
}

/** A deed of workload.c with its arguments, or a command that begins with a path. */
export type Deed = readonly [name: string, ...args: readonly string[]];

/** Does it once and waits for its end, however it ends. */
export function perform([name, ...args]: Deed): Promise<void> {
  const file = name.startsWith('/') ? name : workloadFile();
  return new Promise((resolve, reject) => {
    const child = spawn(file, name.startsWith('/') ? args : [name, ...args], { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}

/** Does deeds one after the other, over and over, until told to stop. */
export async function repeat(deeds: readonly Deed[], stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    for (const deed of deeds) if (!stopped()) await perform(deed);
  }
}

const GIVE_UP = `tick-${process.env.DTRACE_TEST_GUEST ? 300 : 50}s { printf("nothing"); exit(1); }`;

interface Circumstances {
  readonly on?: DTrace;
  readonly request?: CompileRequest;
}

/** Runs a script, which ends itself by exit(), while deeds are done; "nothing" is printed if it never does. */
export async function trace(
  deeds: readonly Deed[],
  script: string,
  { on = tables, request = {} }: Circumstances = {},
): Promise<RunResult> {
  const options = [['quiet', undefined], ...(request.options ?? [])] as const;
  const compiled = on.compile(`${script} ${GIVE_UP}`, { ...request, options });
  let text = '';
  const complaints: string[] = [];
  const sink = {
    write(part: string) {
      text += part;
    },
  };
  const output = new TextOutput(sink, (line) => complaints.push(line), compiled.options.consumer);
  const session = on.session(compiled, { output });
  await session.start();
  let over = false;
  const finished = session.finished.finally(() => {
    over = true;
  });
  const [{ status }] = await Promise.all([finished, repeat(deeds, () => over)]);
  return { text: text.trim(), complaints, status };
}

/** What a script printed that had nothing to complain of. */
export async function prints(deed: Deed, script: string, circumstances?: Circumstances): Promise<string> {
  const { text, complaints } = await trace([deed], script, circumstances);
  expect(complaints).toEqual([]);
  return text;
}

/** A folder on a disk (what /tmp is in memory on many systems), removed after the file's tests. */
export function diskFolder(): string {
  const folder = mkdtempSync(join(process.env.DTRACE_TEST_DISK ?? process.cwd(), 'workload-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
