#!/usr/bin/env node
// All tests, in the order in which a failure is cheapest to learn of. `npm test -- unit live` runs only those named.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unavailable } from '../test/guest/command.mjs';
import { fetchGuest, inGuest } from '../test/guest/run.mjs';
import { CHECKS, lint } from './lint.mjs';
import { bin, root, run } from './run.mjs';

const LIVE = 'vitest.live.config.ts';
const GUEST_KERNEL = process.env.DTRACE_TEST_KERNEL ?? '6.1';
/** All steps together stay below half an hour, whatever hangs; an emulated processor is slow. */
const STEP_SECONDS = 600;
const GUEST_SECONDS = 1200;
/** Emulated processors are slow, and a guest keeps one of the machine's busy: the test files are dealt out. */
const GUESTS = 2;
const none = { passed: 0, failed: 0, skipped: 0 };

/** Counts from Vitest's JSON report. A file that did not even load has no tests: it counts as one failure. */
function counts(file) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const sum = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

const vitestArgs = (config, report) => [
  'run',
  `--config=${config}`,
  '--passWithNoTests',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
];

async function vitest(config) {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-test-'));
  const report = join(folder, 'report.json');
  try {
    await run(bin('vitest'), vitestArgs(config, report), { seconds: STEP_SECONDS });
    return counts(report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build() {
  const { code } = await run(process.execPath, [join(root, 'scripts', 'prepare.mjs')]);
  return code === 0 ? { ...none, passed: 1 } : { ...none, failed: 1 };
}

async function checks() {
  const failed = await lint();
  return { ...none, passed: CHECKS.length - failed, failed };
}

function live() {
  if (process.geteuid() === 0) return vitest(LIVE);
  console.log('skipped: live tests need root');
  return { ...none, skipped: 1 };
}

/** Lines of several at once: each says whose it is. */
function marked(mark) {
  let rest = '';
  return (data) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop();
    for (const line of lines) process.stdout.write(`${mark} ${line}\n`);
  };
}

const IMAGES = join(root, 'test', 'images');

/** Images made by this kernel, for the guest's to run. */
async function makeImages(folder) {
  for (const script of readdirSync(IMAGES).filter((name) => name.endsWith('.d'))) {
    const image = join(folder, script.replace(/d$/, 'dti'));
    const args = [join(root, 'cli', 'start.cjs'), '--compile', '-s', join(IMAGES, script), '-o', image];
    const { code, output } = await run(process.execPath, args, { quiet: true });
    if (code !== 0) throw new Error(`no image of ${script}: ${output}`);
  }
}

async function guestShare(share, images) {
  const say = (text) => console.log(`guest ${share}: ${text}`);
  try {
    const { collected } = await inGuest(
      [bin('vitest'), ...vitestArgs(LIVE, '/job/report.json'), `--shard=${share}/${GUESTS}`],
      {
        series: GUEST_KERNEL,
        seconds: GUEST_SECONDS,
        env: { DTRACE_TEST_GUEST: GUEST_KERNEL, DTRACE_TEST_IMAGES: images, CI: '1' },
        say,
        onOutput: marked(`${share}|`),
        collect: (job) => counts(join(job, 'report.json')),
      },
    );
    return collected;
  } catch (error) {
    say(error.message);
    return { ...none, failed: 1 };
  }
}

/** The machine's own kernel may lack what stock kernels have (kprobes, fentry): the same tests again, on a stock one. */
async function guest() {
  try {
    // Packages and the kernel are fetched once, before there are several who want them.
    fetchGuest({ series: GUEST_KERNEL, say: (text) => console.log(`guest: ${text}`) });
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.log(`skipped: no guest with a stock ${GUEST_KERNEL} kernel: ${error.message}`);
    return { ...none, skipped: 1 };
  }
  // Where guests see it: they have a /tmp of their own.
  const images = mkdtempSync(join(root, '.images-'));
  try {
    await makeImages(images);
    const shares = Array.from({ length: GUESTS }, (_, i) => guestShare(i + 1, images));
    return (await Promise.all(shares)).reduce(sum);
  } catch (error) {
    console.log(`guest: ${error.message}`);
    return { ...none, failed: 1 };
  } finally {
    rmSync(images, { recursive: true, force: true });
  }
}

const STEPS = [
  { name: 'build', title: 'Build', run: build },
  { name: 'checks', title: 'Checks', run: checks },
  { name: 'unit', title: 'Unit and golden tests', run: () => vitest('vitest.config.ts') },
  { name: 'live', title: 'Live tests on this kernel', run: live },
  { name: 'guest', title: `Live tests on a stock ${GUEST_KERNEL} kernel`, run: guest },
];

const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `no such step: ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`,
  );
  process.exit(2);
}

let total = none;
for (const step of STEPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.log(`\n== ${step.title}`);
  const started = Date.now();
  const result = await step.run();
  total = sum(total, result);
  const { passed, failed, skipped } = result;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`== ${step.title}: ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds} s)`);
  // Nothing after it can be right.
  if (step.name === 'build' && failed > 0) break;
}
if (total.failed > 0) process.exitCode = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
