import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = new URL('../..', import.meta.url).pathname;
let checkout: string;

/** A checkout whose command says how it was called, and whose preparation says that it ran. */
beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'dtrace launcher '));
  for (const folder of ['scripts', 'cli/dist', '.git/logs'])
    mkdirSync(join(checkout, folder), { recursive: true });
  copyFileSync(join(repository, 'dtrace'), join(checkout, 'dtrace'));
  copyFileSync(join(repository, 'scripts/node-version.cjs'), join(checkout, 'scripts/node-version.cjs'));
  write('scripts/prepare.mjs', `console.error('prepared'); ${touchStamp}`);
  write('cli/start.cjs', 'console.log(JSON.stringify(process.argv.slice(2)))');
  for (const file of ['package-lock.json', '.git/logs/HEAD']) write(file, '', 1000);
});
afterEach(() => rmSync(checkout, { recursive: true }));

const touchStamp = `(await import('node:fs')).writeFileSync(new URL('../cli/dist/.stamp', import.meta.url), '')`;

function write(path: string, text: string, time?: number): void {
  writeFileSync(join(checkout, path), text);
  if (time !== undefined) utimesSync(join(checkout, path), time, time);
}

function launch(
  command: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
) {
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, ...options.env };
  const { stdout, stderr, status, error } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: options.cwd ?? '/',
    env,
  });
  if (error) throw error;
  return { stdout: stdout.trim(), stderr: stderr.trim(), status };
}
const direct = (...args: string[]) => launch(join(checkout, 'dtrace'), args);

describe('dtrace launcher', () => {
  it('prepares once', () => {
    expect(direct('-l').stderr).toBe('prepared');
    expect(direct('-l')).toEqual({ stdout: '["-l"]', stderr: '', status: 0 });
  });

  it.each(['package-lock.json', '.git/logs/HEAD'])('prepares again when %s is newer', (file) => {
    write('cli/dist/.stamp', '', 2000);
    expect(direct().stderr).toBe('');
    write(file, '', 3000);
    expect(direct().stderr).toBe('prepared');
  });

  it('does not run what could not be prepared', () => {
    write('scripts/prepare.mjs', 'process.exit(1)');
    expect(direct('-l')).toEqual({ stdout: '', stderr: '', status: 1 });
  });

  it('passes arguments on untouched', () => {
    write('cli/dist/.stamp', '');
    const args = ['-n', 'BEGIN { printf("%s\\n", "*"); }', '', '$1', "a'b"];
    expect(JSON.parse(direct(...args).stdout)).toEqual(args);
  });

  it('runs through symbolic links and by a relative name', () => {
    write('cli/dist/.stamp', '');
    symlinkSync('dtrace', join(checkout, 'one'));
    symlinkSync(join(checkout, 'one'), join(checkout, 'scripts/two'));
    expect(launch(join(checkout, 'scripts/two'), ['x']).stdout).toBe('["x"]');
    expect(launch('./dtrace', ['x'], { cwd: checkout }).stdout).toBe('["x"]');
    expect(launch('sh', ['dtrace', 'x'], { cwd: checkout }).stdout).toBe('["x"]');
  });

  it('is an interpreter of scripts', () => {
    write('cli/dist/.stamp', '');
    symlinkSync(checkout, join(tmpdir(), `launcher-${process.pid}`));
    try {
      // A #! line cannot name a path with a space in it.
      write('script.d', `#!${join(tmpdir(), `launcher-${process.pid}`, 'dtrace')} -qs\nBEGIN {}\n`);
      chmodSync(join(checkout, 'script.d'), 0o755);
      const script = join(checkout, 'script.d');
      expect(launch(script, ['1']).stdout).toBe(JSON.stringify(['-qs', script, '1']));
    } finally {
      rmSync(join(tmpdir(), `launcher-${process.pid}`));
    }
  });

  it('says when there is no Node.js', () => {
    const { stderr, status } = launch(join(checkout, 'dtrace'), ['-l'], { env: { PATH: '/nowhere' } });
    expect(stderr).toBe('dtrace: Node.js 20.19 or newer is needed, and there is no "node" in PATH');
    expect(status).toBe(1);
  });

  it('says when Node.js is too old', () => {
    write('scripts/old.cjs', `Object.defineProperty(process.versions, 'node', { value: '18.20.1' })`);
    const env = { NODE_OPTIONS: `--require "${join(checkout, 'scripts/old.cjs')}"` };
    const { stderr, status } = launch(join(checkout, 'dtrace'), ['-l'], { env });
    expect(stderr).toBe('dtrace: Node.js 20.19 or newer is needed; this is 18.20.1');
    expect(status).toBe(1);
  });

  it('keeps certificates out of the start', () => {
    write('cli/dist/.stamp', '');
    write(
      'cli/start.cjs',
      'console.log([process.env.NODE_EXTRA_CA_CERTS, process.env.DTRACE_EXTRA_CA_CERTS].join())',
    );
    const { stdout } = launch(join(checkout, 'dtrace'), [], { env: { NODE_EXTRA_CA_CERTS: '/ca.pem' } });
    expect(stdout).toBe(',/ca.pem');
  });
});
