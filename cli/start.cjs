#!/usr/bin/env node
// Runs the bundled command with V8's code cache: parsing and compiling are then done once, not at every start.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const parts = process.versions.node.split('.').map(Number);
if (parts[0] < 20 || (parts[0] === 20 && parts[1] < 19)) {
  process.stderr.write(`dtrace: Node.js 20.19 or newer is needed; this is ${process.versions.node}\n`);
  process.exit(1);
}
if (process.env.DTRACE_EXTRA_CA_CERTS !== undefined) {
  process.env.NODE_EXTRA_CA_CERTS = process.env.DTRACE_EXTRA_CA_CERTS;
  delete process.env.DTRACE_EXTRA_CA_CERTS;
}

const dist = path.join(__dirname, 'dist');
const uid = process.geteuid();

/** Beside the bundle where that can be written, in the user's cache folder otherwise. */
function cacheFiles(name) {
  const home = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  const folders = [dist, home && path.join(home, 'dtrace')];
  return folders.filter(Boolean).map((folder) => path.join(folder, name));
}

/** The cache holds code that will run: only a file of our own, that nobody else can write, is read. */
function readCache(file) {
  let fd;
  try {
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    const stat = fs.fstatSync(fd);
    if (!stat.isFile() || (stat.uid !== uid && stat.uid !== 0) || (stat.mode & 0o022) !== 0) return undefined;
    return fs.readFileSync(fd);
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function writeCache(files, data, old) {
  for (const file of files) {
    const temporary = `${file}.${process.pid}`;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
      removeOld(path.dirname(file), old);
      fs.writeFileSync(temporary, data, { mode: 0o644, flag: 'wx' });
      fs.renameSync(temporary, file);
      return;
    } catch {
      // A cache is a convenience: the next folder, or none.
      remove(temporary);
    }
  }
}

/** Not even that is certain: the folder may be somebody else's. */
function remove(file) {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // Then it was never made.
  }
}

function removeOld(folder, isOld) {
  for (const name of fs.readdirSync(folder))
    if (isOld(name)) fs.rmSync(path.join(folder, name), { force: true });
}

const wrapper = '(function (exports, require, module, __filename, __dirname, __import) {';

function load(name) {
  const bundle = path.join(dist, name);
  const { size, mtimeMs } = fs.statSync(bundle);
  const build = `${size}-${Math.round(mtimeMs)}.cache`;
  const files = cacheFiles(`${name}-${process.version}-${process.arch}-${build}`);
  const cachedData = readCache(files[0]) ?? (files[1] && readCache(files[1]));
  const script = new vm.Script(`${wrapper}${fs.readFileSync(bundle, 'latin1')}\n})`, {
    filename: bundle,
    cachedData,
  });
  // At exit the cache also holds the functions that ran, which are the ones the next start needs.
  if (cachedData === undefined || script.cachedDataRejected) {
    const isOld = (file) => file.startsWith(`${name}-`) && file.endsWith('.cache') && !file.endsWith(build);
    process.once('exit', () => writeCache(files, script.createCachedData(), isOld));
  }
  const module_ = { exports: {} };
  const require_ = require('node:module').createRequire(bundle);
  script.runInThisContext()(module_.exports, require_, module_, bundle, dist, importModule);
  return module_.exports;
}

/** Code from a cache has lost its way to import(): the build calls this one instead. */
async function importModule(specifier) {
  return /^\.\/(work|run)\.cjs$/.test(specifier) ? load(specifier.slice(2)) : import(specifier);
}

load('dtrace.cjs');
