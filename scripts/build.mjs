#!/usr/bin/env node
// Builds everything that is out of date: the native addon, the packages, the bundled command.
import { copyFileSync, cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { modified, newestIn, root, run } from './run.mjs';

/** Packages with a native part, and what that is called. */
const ADDONS = { 'ebpf-napi': 'ebpf_napi.node', 'node-usdt': 'node_provider.node' };
const prebuiltOf = (folder) => join(root, folder, 'prebuilds', `linux-${process.arch}`, ADDONS[folder]);
const compiledOf = (folder) => join(root, folder, 'build', ADDONS[folder]);
const [prebuilt, compiled] = [prebuiltOf('ebpf-napi'), compiledOf('ebpf-napi')];
const dist = join(root, 'cli', 'dist');

async function must(what, command, args) {
  const { code, output } = await run(command, args, { quiet: true });
  if (code !== 0) throw new Error(`${what} failed\n${output.trimEnd()}`);
}

async function buildAddon(folder) {
  const script = join(root, 'ebpf-napi', 'scripts', 'build.mjs');
  const sources = Math.max(newestIn(join(root, folder, 'native')), modified(script));
  const ready = Math.max(modified(prebuiltOf(folder)), modified(compiledOf(folder)));
  if (ready < sources)
    await must(`compiling the native part of ${folder}`, process.execPath, [script, join(root, folder)]);
}

async function buildPackages() {
  const tsc = join(root, 'node_modules', 'typescript7', 'bin', 'tsc');
  await must('compiling the packages', process.execPath, [tsc, '-b', '--pretty', 'false']);
}

/** What not every start needs is in files of their own: the engine, and what runs an image without it. */
const PARTS = ['work', 'run'];
const apart = {
  name: 'apart',
  setup(build) {
    for (const part of PARTS)
      build.onResolve({ filter: new RegExp(`^\\./${part}\\.js$`) }, () => ({
        path: `./${part}.cjs`,
        external: true,
      }));
  },
};

/** One CommonJS file: Node reads it in a third of the time that the packages' own modules take. */
async function bundle(entry, file, plugins) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    write: false,
    plugins,
    entryPoints: [join(dist, entry)],
    outfile: join(dist, file),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Plain ASCII without comments and long names is read three times as fast.
    minify: true,
    keepNames: false,
    charset: 'ascii',
    // cosmiconfig's loader for .ts files, which the command never uses, would pull the whole compiler in.
    external: ['typescript'],
    // A CommonJS file has no import.meta; the code that asks is written for its absence.
    logOverride: { 'empty-import-meta': 'silent' },
    logLevel: 'error',
  });
  // cli/start.cjs hands its own import() in: the bundle has none while it runs from the code cache.
  const code = outputFiles[0].text.replaceAll(/\bimport\(/g, '__import(');
  replace(file, (path) => writeFileSync(path, code));
}

export async function bundleCommand() {
  // Commands that run may have the old files mapped: those are replaced, never written into.
  const addon = modified(prebuilt) > modified(compiled) ? prebuilt : compiled;
  replace('ebpf_napi.node', (file) => copyFileSync(addon, file));
  cpSync(join(root, 'core', 'dlib'), join(dist, 'dlib'), { recursive: true });
  const parts = PARTS.map((part) => bundle(`${part}.js`, `${part}.cjs`, []));
  await Promise.all([
    ...parts,
    bundle('bundle.js', 'dtrace.cjs', [apart]),
    bundle('dtraced.js', 'dtraced.cjs', []),
  ]);
}

function replace(name, write) {
  const file = join(dist, name);
  write(`${file}.new`);
  renameSync(`${file}.new`, file);
}

const TYPICAL = `BEGIN { self->t = timestamp; printf("%s %d\\n", execname, pid); exit(0); }
syscall:::entry /pid == $pid/ { @["x", execname] = quantize(timestamp - self->t); }`;

/** The first run leaves V8's code cache, which holds what that run used: it had better be a typical one. */
async function firstRun() {
  const args = [join(root, 'cli', 'start.cjs'), '-qn', TYPICAL];
  // Without the rights to trace the cache holds less, and that is all.
  await run(process.execPath, args, { quiet: true, env: { NODE_OPTIONS: '' } });
}

export async function build() {
  const stamp = join(dist, '.stamp');
  rmSync(stamp, { force: true });
  await Promise.all([...Object.keys(ADDONS).map(buildAddon), buildPackages()]);
  await bundleCommand();
  await firstRun();
  writeFileSync(stamp, '');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build().catch((error) => {
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  });
}
