#!/usr/bin/env node
// Many random programs on the running kernel, each compared with a model of what it must do; or many wrong texts.
//   node scripts/fuzz-programs.mjs [programs=10000] [seed=1] [folder for those that fail]
//   node scripts/fuzz-programs.mjs --texts [texts=100000] [seed=1]
import { spawnSync } from 'node:child_process';

const args = process.argv.slice(2);
const texts = args[0] === '--texts';
if (texts) args.shift();
const [count = texts ? '100000' : '10000', seed = '1', keep] = args;
const test = texts
  ? ['run', 'core/test/compiler/mutations.test.ts']
  : ['run', '-c', 'vitest.live.config.ts', 'core/test/compiler/programs.live.test.ts'];
const { status } = spawnSync('npx', ['vitest', ...test], {
  stdio: 'inherit',
  cwd: new URL('..', import.meta.url).pathname,
  env: {
    ...process.env,
    [texts ? 'TEXTS' : 'PROGRAMS']: count,
    SEED: seed,
    ...(keep === undefined ? {} : { KEEP: keep }),
  },
});
process.exitCode = status ?? 1;
