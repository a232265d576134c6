import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests that need root and the running kernel. One worker: they share tracepoints, counters and the CPUs. */
const live = {
  test: {
    include: [
      '{ebpf-napi,probe-objects,node-usdt,core,broker,cli,tester,providers/*,examples/*}/test/**/*.live.test.ts',
      'test/**/*.live.test.ts',
    ],
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      // Dozens of sessions, each a process that starts: a quarter of an hour for an emulated processor. What of it depends
      // on the kernel is in guard.live.test.ts.
      ...(process.env.DTRACE_TEST_GUEST ? ['broker/test/broker.live.test.ts'] : []),
    ],
    maxWorkers: 1,
    fileParallelism: false,
    // Once more for what the machine's other work upset; the report says which tests needed it.
    retry: 1,
    // An emulated processor is about ten times slower.
    testTimeout: process.env.DTRACE_TEST_GUEST ? 600_000 : 60_000,
  },
};

const merged = mergeConfig(base, defineConfig(live));
// mergeConfig appends lists; these two replace those of the unit tests.
merged.test.include = live.test.include;
merged.test.exclude = live.test.exclude;

export default merged;
