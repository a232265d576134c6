#!/usr/bin/env node
// All that is checked without running: format, lint, types in use, imports between rooms, dead code.
import { pathToFileURL } from 'node:url';
import { bin, run } from './run.mjs';

const ROOMS = ['ebpf-napi', 'core', 'cli', 'providers', 'tester', 'examples'];
export const CHECKS = [
  { name: 'format and lint', command: 'biome', args: ['check', '--diagnostic-level=error', '.'] },
  { name: 'typed lint', command: 'oxlint', args: ['--type-aware', '--quiet'] },
  { name: 'imports between rooms', command: 'depcruise', args: ['--output-type', 'err', ...ROOMS] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
];

/** Runs every check, shows what failed, returns how many did. */
export async function lint(report = console.log) {
  let failed = 0;
  for (const { name, command, args } of CHECKS) {
    const { code, output } = await run(bin(command), args, { quiet: true });
    if (code !== 0) failed++;
    report(code === 0 ? `  ok    ${name}` : `  FAIL  ${name}\n${output.trimEnd()}`);
  }
  return failed;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = (await lint()) === 0 ? 0 : 1;
}
