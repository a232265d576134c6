#!/usr/bin/env node
// Brings a checkout to the point where the command runs: packages installed, everything built. Called by the
// `dtrace` launcher and by CI. Uses nothing but Node: the packages may not be there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modified, root, run } from './run.mjs';

const say = (text) => process.stderr.write(`dtrace: ${text}\n`);
const lock = join(root, '.prepare.lock');

const installMark = join(root, 'node_modules', '.package-lock.json');

function installed() {
  const mark = modified(installMark);
  return mark > 0 && mark >= modified(join(root, 'package-lock.json'));
}

/**
 * `npm install` that changes no file of ours, and not `npm ci`: that one refuses a lock file as soon as an optional
 * package of some other platform is in a registry and not in the lock, or the other way round. Versions are the
 * lock's either way. No install script is needed, so none is run.
 */
const INSTALL = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];

async function installPackages() {
  if (installed()) return;
  say('installing npm packages (needed once)');
  const { code, output } = await run('npm', INSTALL, { quiet: true });
  if (code !== 0) throw new Error(`npm install failed\n${lastLines(output)}`);
  // npm leaves its own mark as it was when there was nothing to do.
  const now = new Date();
  if (existsSync(installMark)) utimesSync(installMark, now, now);
}

const lastLines = (text) => text.trimEnd().split('\n').slice(-15).join('\n');

const works = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** The addon is 20 KB of C. Only a machine with neither compiler nor prebuilt addon needs anything here. */
async function ensureCompiler() {
  const prebuilt = join(root, 'ebpf-napi', 'prebuilds', `linux-${process.arch}`, 'ebpf_napi.node');
  if (existsSync(prebuilt) || works(process.env.CC ?? 'cc')) return;
  if (process.geteuid() !== 0 || !works('apt-get'))
    throw new Error('a C compiler is needed once (package gcc or clang)');
  say('installing a C compiler (apt-get install gcc libc6-dev, needed once)');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', 'gcc', 'libc6-dev'];
  let result = await run('apt-get', install, { quiet: true, env });
  if (result.code !== 0) {
    await run('apt-get', ['update'], { quiet: true, env });
    result = await run('apt-get', install, { quiet: true, env });
  }
  if (result.code !== 0) throw new Error(`apt-get failed\n${lastLines(result.output)}`);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function holderIsGone() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Two first runs at once: one builds, the other waits. Returns whether there was a wait. */
async function takeLock() {
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return waited;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (holderIsGone()) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!waited) say('another run is building this checkout; waiting for it');
    await sleep(200);
  }
}

async function prepare() {
  const waited = await takeLock();
  try {
    if (waited && installed() && existsSync(join(root, 'cli', 'dist', '.stamp'))) return;
    await installPackages();
    await ensureCompiler();
    const started = Date.now();
    say('building');
    const { build } = await import('./build.mjs');
    await build();
    say(`ready (built in ${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

prepare().catch((error) => {
  // A checkout that cannot be written to but was built before still runs.
  const usable =
    ['EROFS', 'EACCES', 'EPERM'].includes(error.code) && existsSync(join(root, 'cli', 'dist', 'dtrace.cjs'));
  if (usable) return;
  say(error.message);
  process.exitCode = 1;
});
