import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { copyCommand } from './daemon.js';

const folder = copyCommand();
const start = join(folder, 'start.cjs');

afterAll(() => rmSync(folder, { recursive: true }));

async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  await once(child, 'close');
  return text.trim();
}

/** The command as the first process but one of a pid namespace. */
const inNamespace = (...args: readonly string[]): Promise<string> =>
  output('unshare', [
    '-p',
    '-f',
    '--mount-proc',
    'sh',
    '-c',
    '"$0" "$@"; true',
    process.execPath,
    start,
    ...args,
  ]);

describe('in a pid namespace', () => {
  it('the tracer goes by its number there, and so does what it traces', async () => {
    const numbers = await inNamespace('-qn', 'BEGIN { printf("%d %d", pid, $pid); exit(0); }');
    expect(numbers).toMatch(/^(\d{1,3}) \1$/);
    const script =
      'syscall::chdir:entry /pid == $target/ { self->in = 1; } syscall::chdir:return /self->in/ { printf("%d", pid - $target); exit(0); }';
    expect(await inNamespace('-qn', script, '-c', 'sh -c "cd /; sleep 60"')).toBe('0');
  });

  it('addresses of a process have their names', async () => {
    const script = 'syscall::chdir:entry /pid == $target/ { usym(ucaller); ustack(1); exit(0); }';
    expect(await inNamespace('-qn', script, '-c', 'sh -c "cd /; sleep 60"')).toMatch(/`chdir\+0x/);
  });
});

describe('with capabilities instead of root', () => {
  const withCapabilities = (capabilities: string, ...args: readonly string[]): Promise<string> =>
    output('setpriv', [
      '--reuid',
      '47130',
      '--regid',
      '47130',
      '--clear-groups',
      `--inh-caps=${capabilities}`,
      `--ambient-caps=${capabilities}`,
      'env',
      'HOME=/nonexistent',
      process.execPath,
      start,
      ...args,
    ]);

  it('two are enough for all processes', async () => {
    const script = 'syscall:::entry /uid == 0/ { printf("seen"); exit(0); }';
    expect(await withCapabilities('+bpf,+perfmon', '-qn', script)).toBe('seen');
  });

  it('one is not, and the message names the ways', async () => {
    for (const one of ['+bpf', '+perfmon'])
      expect(await withCapabilities(one, '-x', 'broker=off', '-n', 'BEGIN')).toMatch(
        /run as root.*CAP_BPF and CAP_PERFMON.*dtraced/,
      );
  });
});
