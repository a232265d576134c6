#!/usr/bin/env node
// Every string subroutine against its plain reference on many random texts, at strings of many sizes.
//   node scripts/fuzz-subroutines.mjs [times as many texts as in the tests=20] [sizes]
// The same on a stock kernel:
//   node test/guest/run.mjs --kernel 6.1 --seconds 3600 -- node scripts/fuzz-subroutines.mjs 2
import { spawnSync } from 'node:child_process';

const [runs = '20', sizes = '2,3,7,8,9,64,255,256,257,1000,4096,32768,65536'] = process.argv.slice(2);
const tests = ['core/test/compiler/strings.live', 'core/test/compiler/json.live'];
const { status } = spawnSync('npx', ['vitest', 'run', '-c', 'vitest.live.config.ts', ...tests], {
  stdio: 'inherit',
  cwd: new URL('..', import.meta.url).pathname,
  env: { ...process.env, RUNS: runs, STRSIZES: sizes },
});
process.exitCode = status ?? 1;
