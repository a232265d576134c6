#!/usr/bin/env node
// Runs a command as root inside a guest with a stock Debian kernel. The guest sees this machine's files; what it
// writes is thrown away. Its processor is emulated: 5 to 15 times slower, so batch work into one boot.
//   node test/guest/run.mjs [--kernel 6.1] [--memory 2G] [--cpus 2] [--seconds 900] command [argument...]
// Exit status: the command's; 77 when no guest can be had here (the reason is on stderr).
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { output, runs, Unavailable } from './command.mjs';
import { initramfs } from './initramfs.mjs';
import { kernel } from './kernel.mjs';
import { boot, shareDaemon } from './qemu.mjs';

const PACKAGES = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  xz: 'xz-utils',
  'mkfs.ext4': 'e2fsprogs',
};

function installTools(say) {
  const needed = Object.keys(PACKAGES).filter((command) => !runs(command));
  if (needed.length === 0 && shareDaemon() !== undefined) return;
  const names = needed.map((command) => PACKAGES[command]);
  if (shareDaemon() === undefined && needed.length === 0) names.push('virtiofsd');
  say(`installing ${names.join(', ')}`);
  const install = ['install', '-y', '--no-install-recommends', ...names];
  try {
    output('apt-get', install);
  } catch {
    output('apt-get', ['update']);
    output('apt-get', install);
  }
  if (shareDaemon() === undefined) throw new Unavailable('there is no virtiofsd');
}

function demand() {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Unavailable('guests are x86-64 only');
  if (process.geteuid() !== 0)
    throw new Unavailable('guests need root (to install packages and to share the root folder)');
  if (!runs('apt-get')) throw new Unavailable('there is no apt to fetch a kernel with');
}

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

const cache = '/var/cache/dtrace-guest';

/** All a guest needs: tools of this machine and the newest kernel of a series. */
export function fetchGuest({ series = '6.1', say = () => {} }) {
  demand();
  mkdirSync(cache, { recursive: true });
  installTools(say);
  return kernel(series, cache, say);
}

export async function inGuest(command, options = {}) {
  const { series, memory = '2G', cpus = 2, seconds = 900, env = {} } = options;
  const { say = () => {}, onOutput = () => {}, collect } = options;
  const { release, image, modules } = fetchGuest({ series, say });
  const job = mkdtempSync(join(cache, 'job-'));
  try {
    const exports = Object.entries({
      PATH: process.env.PATH,
      HOME: '/root',
      LANG: 'C.UTF-8',
      DTRACE_TEST_DISK: '/mnt',
      ...env,
    });
    const lines = exports.map(([name, value]) => `export ${name}=${quote(value)}`);
    lines.push(`cd ${quote(process.cwd())}`, `exec ${command.map(quote).join(' ')}`);
    writeFileSync(join(job, 'run'), `${lines.join('\n')}\n`);
    const initrd = join(job, 'initrd');
    writeFileSync(initrd, initramfs(modules, output('sh', ['-c', 'command -v busybox']).trim(), cache));
    say(`booting ${release} (emulated)`);
    const { late, complaints } = await boot({ image, initrd, job, memory, cpus, seconds, onOutput });
    const status = join(job, 'status');
    if (existsSync(status))
      return { status: Number(readFileSync(status, 'utf8')), collected: collect?.(job) };
    const console_ = existsSync(join(job, 'console')) ? readFileSync(join(job, 'console'), 'utf8') : '';
    const tail = console_.trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(
      `${late ? `the guest ran longer than ${seconds} s` : 'the guest ended early'}\n${complaints}${tail}`,
    );
  } finally {
    rmSync(job, { recursive: true, force: true });
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kernel: { type: 'string', default: '6.1' },
      memory: { type: 'string', default: '2G' },
      cpus: { type: 'string', default: '2' },
      seconds: { type: 'string', default: '900' },
    },
  });
  const { status } = await inGuest(positionals, {
    series: values.kernel,
    memory: values.memory,
    cpus: Number(values.cpus),
    seconds: Number(values.seconds),
    say: (text) => process.stderr.write(`guest: ${text}\n`),
    onOutput: (data) => process.stdout.write(data),
  });
  return status;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().then(
    (status) => {
      process.exitCode = status;
    },
    (error) => {
      process.stderr.write(`guest: ${error.message}\n`);
      process.exitCode = error instanceof Unavailable ? 77 : 1;
    },
  );
}
