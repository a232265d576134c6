#!/usr/bin/env node
// node scripts/matrix.mjs [kernel...]: which probe of which provider fires where. Runs test/matrix here and in guests with
// stock kernels, and writes docs/providers-matrix.md from what the runs leave. Kernels that are not named keep their column,
// with --providers=io,lockstat the rows of all others; --page runs nothing, --from=folder takes what a run left there.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inGuest } from '../test/guest/run.mjs';
import { bin, root, run } from './run.mjs';

const HERE = 'here';
const KERNELS = [HERE, '5.10', '6.1', '6.12', '7.2'];
const SECONDS = 2400;
const RESULTS = join(root, 'docs', 'providers-matrix.json');
const PAGE = join(root, 'docs', 'providers-matrix.md');
const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const providers = option('providers')?.split(',');
const only = providers === undefined ? [] : [`--testNamePattern=^(of )?(${providers.join('|')}) `];
const TEST = ['run', '--config=vitest.live.config.ts', 'test/matrix', ...only];

/** What one run left: `{ release, providers: { io: { fired, untested, missing } } }`. */
function collect(folder) {
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  const files = readdirSync(folder).filter((name) => /^[a-z]+\.json$/.test(name));
  const providers = files
    .map((name) => JSON.parse(read(name)))
    .map(({ provider, ...rest }) => [provider, rest]);
  return { release: read('release').trim(), providers: Object.fromEntries(providers.sort()) };
}

async function here() {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-matrix-'));
  try {
    writeFileSync(join(folder, 'release'), release());
    await run(bin('vitest'), TEST, { env: { DTRACE_MATRIX: folder } });
    return collect(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function guest(series) {
  const command = `uname -r >/job/matrix/release; exec ${bin('vitest')} ${TEST.map((arg) => `'${arg}'`).join(' ')}`;
  const { collected } = await inGuest(['sh', '-c', `mkdir /job/matrix; ${command}`], {
    series,
    seconds: SECONDS,
    env: { DTRACE_TEST_GUEST: series, DTRACE_MATRIX: '/job/matrix', CI: '1' },
    say: (text) => console.log(`${series}: ${text}`),
    onOutput: (data) => process.stdout.write(data),
    collect: (job) => collect(join(job, 'matrix')),
  });
  return collected;
}

const MARK = { fired: 'fires', untested: 'untested', missing: '–', unknown: 'not run' };

function stateOf({ fired, untested, missing } = { fired: [], untested: {}, missing: {} }, name) {
  if (fired.includes(name)) return { mark: MARK.fired };
  if (name in untested) return { mark: MARK.untested, reason: untested[name] };
  if (name in missing) return { mark: MARK.missing, reason: missing[name] };
  return { mark: MARK.unknown };
}

function table(kernels, results, provider) {
  const parts = kernels.map((kernel) => results[kernel].providers[provider]);
  const names = parts.flatMap((part) =>
    part === undefined ? [] : [...part.fired, ...Object.keys(part.untested), ...Object.keys(part.missing)],
  );
  const reasons = new Map();
  const note = (reason) => {
    if (reason === undefined) return '';
    if (!reasons.has(reason)) reasons.set(reason, reasons.size + 1);
    return ` (${reasons.get(reason)})`;
  };
  const rows = [...new Set(names)].sort().map((name) => {
    const states = parts.map((part) => stateOf(part, name));
    return [`\`${name}\``, ...states.map(({ mark, reason }) => `${mark}${note(reason)}`)];
  });
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const head = ['probe', ...kernels.map((kernel) => results[kernel].release)];
  const notes = [...reasons].map(([reason, number]) => `${number}. ${reason}`);
  return [
    `## ${provider}`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n');
}

const INTRODUCTION = `# Providers and kernels

Written by \`node scripts/matrix.mjs\` from runs of \`test/matrix\`: each probe was enabled, and work made for it was done until
it fired. _fires_: it did. _untested_: the kernel has it and nothing here makes it fire, for the reason given. A dash: this
kernel lacks it, and \`dtrace -lv -P provider\` says the reason given. _not run_: the probe is younger than the last run there. The first kernel is a cloud machine's own, without
kprobes and modules; the others are Debian's, in emulated machines with two CPUs.

`;

function page(results) {
  const kernels = KERNELS.filter((kernel) => kernel in results);
  const providers = new Set(kernels.flatMap((kernel) => Object.keys(results[kernel].providers)));
  return (
    INTRODUCTION +
    [...providers]
      .sort()
      .map((name) => table(kernels, results, name))
      .join('\n')
  );
}

const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const wanted = named.length > 0 || process.argv.includes('--page') ? named : KERNELS;
mkdirSync(join(root, 'docs'), { recursive: true });
const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
for (const kernel of wanted) {
  try {
    const from = option('from');
    const found = from !== undefined ? collect(from) : kernel === HERE ? await here() : await guest(kernel);
    results[kernel] = {
      release: found.release,
      providers: { ...(providers && results[kernel]?.providers), ...found.providers },
    };
  } catch (error) {
    console.error(`${kernel}: ${error.message}`);
    process.exitCode = 1;
  }
}
writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
writeFileSync(PAGE, page(results));
await run(bin('biome'), ['format', '--write', PAGE, RESULTS], { quiet: true });
