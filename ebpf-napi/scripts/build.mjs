#!/usr/bin/env node
// Compiles a package's addon with the system's C compiler: no node-gyp, no download, no install script.
//   node scripts/build.mjs [folder]             build/NAME.node, for the running architecture
//   node scripts/build.mjs --prebuild [folder]  prebuilds/linux-<arch>/NAME.node, for every architecture that can be
// The folder is the package's, by default this one.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const root = folder === undefined ? dirname(dirname(fileURLToPath(import.meta.url))) : resolve(folder);
const native = join(root, 'native');

function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const candidates = [process.env.npm_config_nodedir, prefix, '/usr', '/usr/local'];
  for (const candidate of candidates) {
    const include = candidate && join(candidate, 'include', 'node');
    if (include && existsSync(join(include, 'node_api.h')) && existsSync(join(include, 'uv.h')))
      return include;
  }
  throw new Error(`no Node.js headers (node_api.h, uv.h) in ${prefix}/include/node; set npm_config_nodedir`);
}

const runs = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function compile(compiler, output) {
  mkdirSync(dirname(output), { recursive: true });
  const sources = readdirSync(native).filter((name) => name.endsWith('.c'));
  const flags = ['-shared', '-fPIC', '-O2', '-std=gnu11', '-Wall', '-Wextra', '-fvisibility=hidden', '-s'];
  const temporary = `${output}.${process.pid}`;
  const files = sources.map((name) => join(native, name));
  execFileSync(compiler, [...flags, `-I${nodeHeaders()}`, '-o', temporary, ...files], { stdio: 'inherit' });
  // A running process may have the old file mapped: replace it, never write into it.
  renameSync(temporary, output);
  console.log(output);
}

const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const file = `${basename(name).replaceAll('-', '_')}.node`;
const own = process.env.CC ?? 'cc';
if (process.argv.includes('--prebuild')) {
  compile(own, join(root, 'prebuilds', `linux-${process.arch}`, file));
  const cross = { x64: ['arm64', 'aarch64-linux-gnu-gcc'], arm64: ['x64', 'x86_64-linux-gnu-gcc'] }[
    process.arch
  ];
  if (cross && runs(cross[1])) compile(cross[1], join(root, 'prebuilds', `linux-${cross[0]}`, file));
} else {
  compile(own, join(root, 'build', file));
}
