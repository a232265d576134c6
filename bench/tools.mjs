// The commands under comparison, and how one is run and measured.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/run.mjs';

export const work = mkdtempSync(join(tmpdir(), 'dtrace-bench-'));
export const helper = join(work, 'helper');

export function prepareTools() {
  execFileSync(process.execPath, [join(root, 'scripts', 'prepare.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  execFileSync('cc', ['-O2', '-Wall', '-o', helper, join(root, 'bench', 'helper.c')]);
  if (spawnSync('bpftrace', ['--version']).status === 0) return;
  console.error('bench: installing bpftrace');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'bpftrace'], { env });
  if (install().status === 0) return;
  spawnSync('apt-get', ['update'], { env });
  if (install().status !== 0) console.error('bench: bpftrace cannot be installed; its columns stay empty');
}

/** bpftrace needs tracefs where it looks for it; where that is not mounted, its own mount namespace has it. */
const MOUNT =
  '{ mount -t tracefs t /sys/kernel/tracing; mount -t debugfs d /sys/kernel/debug; } 2>&-; exec "$@"';
const tracefs = existsSync('/sys/kernel/debug/tracing/events');
const bpftracePrefix = tracefs ? [] : ['unshare', '-m', 'sh', '-c', MOUNT, 'sh'];
const oracle = '/usr/sbin/dtrace-oracle';

export const TOOLS = {
  dtrace: {
    present: true,
    version: () => text(join(root, 'dtrace'), ['-V']),
    command: (program, args) => [join(root, 'dtrace'), '-q', ...(program ? ['-n', program] : []), ...args],
  },
  bpftrace: {
    present: spawnSync('bpftrace', ['--version']).status === 0,
    version: () => text('bpftrace', ['--version']),
    command: (program, args) => [...bpftracePrefix, 'bpftrace', ...(program ? ['-e', program] : []), ...args],
  },
  oracle: {
    present: existsSync(oracle),
    version: () => text(oracle, ['-V']),
    command: (program, args) => [oracle, '-q', ...(program ? ['-n', program] : []), ...args],
  },
};

function text(command, args) {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}

export function refreshPresence() {
  TOOLS.bpftrace.present = spawnSync('bpftrace', ['--version']).status === 0;
}

/** Output goes to files: a pipe's reader would compete with the tracer for the processors. */
export function measure(command, { seconds = 300 } = {}) {
  const files = ['out', 'err', 'usage'].map((name) => join(work, name));
  const stdio = ['ignore', ...files.map((file) => openSync(file, 'w'))];
  const env = { ...process.env, BPFTRACE_MAX_PROBES: '10000' };
  delete env.NODE_EXTRA_CA_CERTS;
  try {
    spawnSync(helper, ['run', ...command], { stdio, timeout: seconds * 1000, env });
  } finally {
    for (const fd of stdio.slice(1)) closeSync(fd);
  }
  const [out, err, usage] = files.map((file) => readFileSync(file, 'latin1'));
  const [start, nanoseconds, kilobytes, status] = usage.trim().split(' ').map(Number);
  if (status !== 0)
    throw new Error(
      `${command.join(' ').slice(-200)}: status ${status}\n${err.slice(-500)}${out.slice(-500)}`,
    );
  return { start, milliseconds: nanoseconds / 1e6, megabytes: kilobytes / 1024, out, err };
}

/** The number after a word of the helper's own output. */
export function helperSays(word, { out, err }) {
  const found = new RegExp(`^${word} ([\\d.]+)$`, 'm').exec(`${err}\n${out}`);
  if (found === null) throw new Error(`the helper did not say "${word}":\n${err.slice(-500)}`);
  return Number(found[1]);
}
