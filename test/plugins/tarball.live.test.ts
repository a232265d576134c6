import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const command = join(root, 'cli', 'start.cjs');
let folder: string;

const npm = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('npm', [...args, '--silent', '--offline', '--no-audit', '--no-fund'], {
    cwd,
    encoding: 'utf8',
  }).trim();

/** Packages are looked for where only root can have put them, which a folder below /tmp is not. */
beforeEach(() => {
  folder = mkdtempSync(join(homedir(), '.dtrace-tarball-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a provider made from the template, packed and installed elsewhere, is listed and fires', () => {
  execFileSync(process.execPath, [join(root, 'create-provider', 'create.js'), 'outside'], { cwd: folder });
  const tarball = npm(join(folder, 'dtrace-provider-outside'), 'pack', '--pack-destination', folder);
  const project = join(folder, 'project');
  mkdirSync(join(project, 'node_modules', '@dtrace'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  npm(project, 'install', '--legacy-peer-deps', join(folder, tarball));
  // What `npm link @dtrace/core` does.
  mkdirSync(join(project, 'node_modules', '@dtrace'), { recursive: true });
  symlinkSync(join(root, 'core'), join(project, 'node_modules', '@dtrace', 'core'));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [command, ...args], { cwd: project, encoding: 'utf8', timeout: 300_000 });
  const listed = run('-lv', '-P', 'outside');
  expect(listed.stderr).toBe('');
  expect(listed.stdout).toMatch(/outside +vmlinux +fork\n\n\tA process was made\.\n/);
  const fired = run(
    '-qn',
    'outside:::fork /pid == $target/ { printf("%s\\n", probeprov); exit(0); }',
    '-c',
    'timeout 60 true',
  );
  expect({ stdout: fired.stdout.trim(), stderr: fired.stderr }).toEqual({ stdout: 'outside', stderr: '' });
});
