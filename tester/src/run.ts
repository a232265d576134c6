import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  type CompileRequest,
  DTrace,
  formatProbeName,
  type Host,
  type HostRecording,
  LocalHost,
  type ProbeEvent,
  type ProviderPackage,
  problemText,
  RecordedHost,
} from '@dtrace/core';
import dtraceProvider from '@dtrace/provider-dtrace';
import profileProvider from '@dtrace/provider-profile';
import { type ExpectedRecord, mismatch, recordText } from './expected.js';

export interface LiveCase {
  readonly name: string;
  readonly script: string;
  /** Done while the script runs: a shell command, or a function. */
  readonly workload?: string | (() => void | Promise<void>);
  /** Recorded in this order, whatever else is in between. */
  readonly records: readonly ExpectedRecord[];
  readonly request?: CompileRequest;
  /** Milliseconds until the records have to be there. Default: 60,000. */
  readonly patience?: number;
}

export interface ListingCase {
  readonly name: string;
  /** Default: this machine. */
  readonly host?: HostRecording;
  /** Names of probes, `provider:module:function:name`, that are listed; others may be. */
  readonly probes?: readonly string[];
  /** Names of probes that must not be. */
  readonly absent?: readonly string[];
  /** D that compiles there. */
  readonly compiles?: readonly string[];
}

const PATIENCE = 60_000;

function engineWith(provider: ProviderPackage, host: Host): DTrace {
  const engine = new DTrace(host, [dtraceProvider, profileProvider, provider]);
  // Asking for its probes is what makes a broken provider say so.
  for (const _ of engine.probes()) break;
  assert.deepEqual(engine.problems.map(problemText), []);
  return engine;
}

export function runListing(provider: ProviderPackage, { host, probes, absent, compiles }: ListingCase): void {
  const engine = engineWith(provider, host === undefined ? new LocalHost() : new RecordedHost(host));
  const listed = new Set(Array.from(engine.probes(), ({ probe }) => formatProbeName(probe)));
  assert.deepEqual(engine.problems.map(problemText), []);
  for (const name of probes ?? []) assert.ok(listed.has(name), `${name} is not listed`);
  for (const name of absent ?? []) assert.ok(!listed.has(name), `${name} is listed`);
  for (const script of compiles ?? []) engine.compile(script);
}

async function perform(workload: LiveCase['workload']): Promise<void> {
  if (typeof workload !== 'string') return workload?.();
  const child = spawn('/bin/sh', ['-c', workload], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.equal(code, 0, `the workload failed: ${workload}`);
}

export async function runLive(provider: ProviderPackage, wanted: LiveCase): Promise<void> {
  const { script, workload, records: expected, request, patience = PATIENCE } = wanted;
  const engine = engineWith(provider, new LocalHost());
  const options: CompileRequest['options'] = [['switchrate', '50hz'], ...(request?.options ?? [])];
  const session = engine.session(engine.compile(script, { ...request, options }));
  const seen: ProbeEvent[] = [];
  let found = 0;
  const complete = new Promise<void>((resolve) => {
    const look = (event: ProbeEvent): void => {
      seen.push(event);
      const next = expected[found];
      if (next !== undefined && mismatch(next, event) === undefined) found++;
      if (found === expected.length) resolve();
    };
    session.on('record', look);
    if (expected.length === 0) resolve();
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await session.start();
  try {
    await perform(workload);
    await Promise.race([complete, late, session.finished]);
  } finally {
    clearTimeout(timer);
    await session.stop();
  }
  if (found === expected.length) return;
  const next = expected[found]!;
  const last = seen
    .slice(-20)
    .map((event) => `\n  ${recordText(event)}: ${mismatch(next, event) ?? 'it, but too early'}`);
  const description = `${next.probe ?? ''} ${(next.values ?? []).map(String).join(', ')}`;
  assert.fail(`record ${found} did not come: ${description}; of ${seen.length}, the last:${last.join('')}`);
}
