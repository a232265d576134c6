#!/usr/bin/env node
// Runs the test suite of a fetched oracle/dtrace-utils tree against this checkout's `dtrace` and sums up.
//
//   node scripts/conformance.mjs <tree> [--jobs N] [--tsv file] [--markdown] [directory or test …]
//
// Names are below test/unittest unless they begin with test/. As root, with gawk and cc installed. The tree gets a `build` folder and compiled triggers; nothing else changes.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './run.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    tsv: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const [treeArgument, ...wanted] = positionals;

/** Filters that never end when what they read is not there. */
const UNENDING = new Set(['test/unittest/aggs/tst.stack.d']);
/** Programs of which two at once would choose the same folder for their logs. */
const STAGGER_MS = 1500;
const LAST_WORDS_MS = 1000;
/** Set by the runner and never put back. */
const CORE_FILES = ['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/core_uses_pid'];

function fail(message) {
  console.error(`conformance: ${message}`);
  process.exit(1);
}

function checkMachine(tree) {
  if (process.geteuid() !== 0) fail('tracing needs root');
  if (!existsSync(join(tree, 'runtest.sh'))) fail(`${tree} is no dtrace-utils tree`);
  for (const tool of ['gawk', 'cc', 'unshare']) {
    if (spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0) fail(`${tool} is not installed`);
  }
}

function link(target, path) {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** A program with static probes: a header for it, its object, one more object with what is declared. */
function buildProvider(path, program, compile) {
  const [script, object, provider] = [`${path}-prov.d`, `${program}.o`, `${program}-prov.o`];
  const dtrace = (...args) => spawnSync(join(root, 'dtrace'), args).status === 0;
  return (
    dtrace('-h', '-s', script, '-o', `${program}-prov.h`) &&
    compile('-c', '-o', object, `${path}.c`) &&
    dtrace('-G', '-s', script, '-o', provider, object) &&
    compile('-o', program, object, provider)
  );
}

/** What the tree's own makefile would build: the command (ours), a daemon we have no use for, the traced programs. */
function prepare(tree) {
  const build = join(tree, 'build');
  const triggers = join(tree, 'test', 'triggers');
  mkdirSync(build, { recursive: true });
  link(join(root, 'dtrace'), join(build, 'dtrace'));
  writeFileSync(join(build, 'dtprobed'), '#!/bin/sh\nexec sleep 100000 >/dev/null 2>&1\n', { mode: 0o755 });
  const left = [];
  for (const file of readdirSync(triggers).filter((name) => name.endsWith('.c'))) {
    const name = basename(file, '.c');
    const program = join(build, name);
    const flags = [
      '-D_GNU_SOURCE',
      // What stacks are read from, and no calls inlined out of them.
      '-O0',
      '-fno-omit-frame-pointer',
      '-g',
      '-Iinclude',
      '-Iuts/common',
      `-I${build}`,
    ];
    const compile = (...args) => spawnSync('cc', [...flags, ...args], { cwd: tree }).status === 0;
    const source = join(triggers, file);
    const libraries = ['-lpthread', '-ldl'];
    const built =
      existsSync(program) ||
      (existsSync(join(triggers, `${name}-prov.d`))
        ? buildProvider(join(triggers, name), program, compile)
        : compile('-o', program, source, ...libraries));
    if (built) link(program, join(triggers, name));
    else left.push(name);
  }
  if (left.length > 0) console.error(`Triggers that do not compile alone: ${left.join(', ')}`);
}

function testsIn(tree, directories) {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(tree, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (/\.(d|sh|c)$/.test(entry.name) && !UNENDING.has(path)) found.push(path);
    }
  };
  for (const name of directories) {
    const path = name.startsWith('test/') ? name : `test/unittest/${name}`;
    if (/\.(d|sh|c)$/.test(name)) found.push(path);
    else walk(path);
  }
  return found.sort();
}

/** The runner mounts nothing itself, and a few tests look at the tracing file systems. */
const IN_NAMESPACE =
  'mount -t debugfs none /sys/kernel/debug; mount -t tracefs none /sys/kernel/tracing; exec ./runtest.sh "$@"';

function runPart(tree, tests) {
  return new Promise((done) => {
    const child = spawn('unshare', ['-m', 'sh', '-c', IN_NAMESPACE, 'runtest', ...tests], {
      cwd: tree,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('close', () => done(output));
    // What a test left running in the background keeps the pipe open.
    child.on('exit', () => setTimeout(() => child.stdout.destroy(), LAST_WORDS_MS));
  });
}

async function runAll(tree, tests, jobs) {
  const parts = Array.from({ length: jobs }, () => []);
  for (const [i, test] of tests.entries()) parts[i % jobs].push(test);
  const running = [];
  for (const part of parts.filter((list) => list.length > 0)) {
    running.push(runPart(tree, part));
    await new Promise((wake) => setTimeout(wake, STAGGER_MS));
  }
  return (await Promise.all(running)).join('\n');
}

const RESULT = /^(test\/\S+): (X?PASS|X?FAIL|SKIP)(.*)$/gm;

function results(output, tests) {
  const found = new Map();
  for (const [, test, result, rest] of output.matchAll(RESULT)) {
    found.set(test, { result, reason: rest.replace(/^[:.\s]+|[.\s]+$/g, '') });
  }
  // Skipped tests are only in the runner's own file.
  return tests.map((test) => ({ test, ...(found.get(test) ?? { result: 'SKIP', reason: '' }) }));
}

function summary(rows) {
  const directories = new Map();
  for (const { test, result } of rows) {
    const directory = test.split('/')[2];
    const counts = directories.get(directory) ?? { PASS: 0, FAIL: 0, XFAIL: 0, SKIP: 0 };
    counts[result === 'XPASS' ? 'PASS' : result]++;
    directories.set(directory, counts);
  }
  return [...directories].sort(([a], [b]) => (a < b ? -1 : 1));
}

function print(rows) {
  const line = values.markdown
    ? (cells) => `| ${cells.join(' | ')} |`
    : ([name, ...cells]) => name.padEnd(16) + cells.map((cell) => String(cell).padStart(7)).join('');
  const heading = ['directory', 'pass', 'fail', 'xfail', 'skip'];
  const total = { PASS: 0, FAIL: 0, XFAIL: 0, SKIP: 0 };
  console.log(line(heading));
  if (values.markdown) console.log(line(heading.map((_, i) => (i === 0 ? '---' : '--:'))));
  for (const [directory, counts] of summary(rows)) {
    console.log(line([directory, ...Object.values(counts)]));
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  console.log(line(['total', ...Object.values(total)]));
  const counted = total.PASS + total.FAIL;
  console.log(`\n${((100 * total.PASS) / Math.max(1, counted)).toFixed(1)} % of ${counted} pass.`);
}

if (treeArgument === undefined)
  fail('which tree? node scripts/conformance.mjs <dtrace-utils tree> [directory …]');
const tree = resolve(treeArgument);
checkMachine(tree);
prepare(tree);
const cores = CORE_FILES.map((file) => [file, readFileSync(file)]);
const directories =
  wanted.length > 0 ? wanted : readdirSync(join(tree, 'test/unittest')).filter((n) => n !== 'README');
const tests = testsIn(tree, directories);
try {
  const rows = results(await runAll(tree, tests, Number(values.jobs)), tests);
  if (values.tsv) {
    writeFileSync(values.tsv, rows.map((row) => `${row.test}\t${row.result}\t${row.reason}\n`).join(''));
  }
  print(rows);
} finally {
  for (const [file, text] of cores) writeFileSync(file, text);
}
