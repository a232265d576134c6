import { expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { prints } from '../../../test/workloads/index.js';

const listed = [...tables.probes('lockstat:::')].length > 0;

test.runIf(listed)('a wait ends later than it began, and is for a lock of the kernel', async () => {
  const script = `lockstat:::adaptive-block /execname == "workload"/ {
    printf("%d %d %d", arg1 > 0, arg1 < 60000000000, (int64_t)arg0 < 0); exit(0);
  }`;
  expect(await prints(['file-lock'], script)).toBe('1 1 1');
});

test.runIf(listed)(
  'who waits in a clause of its own sees the same lock at the beginning and at the end',
  async () => {
    const script = `
    rawtp:::contention_begin /execname == "workload"/ { self->lock = arg0; }
    lockstat:::rw-block /self->lock == arg0/ { printf("%d", arg2 == 0 || arg2 == 1); exit(0); }`;
    expect(await prints(['memory-lock'], script)).toBe('1');
  },
);

test.runIf(listed)('the stack is that of the thread that waits, and nothing of tracing', async () => {
  const script = 'lockstat:::adaptive-spin /execname == "workload"/ { stack(3); exit(0); }';
  const text = await prints(['file-lock'], script);
  expect(text).toMatch(/mutex_lock/);
  expect(text).not.toMatch(/bpf_/);
});

const seen = [...tables.probes('lockstat:::adaptive-acquire')].length > 0;

test.runIf(seen)('a lock that is got is given back, and is held meanwhile', async () => {
  const script = `
    lockstat:::adaptive-acquire /execname == "workload" && !self->lock/ {
      self->lock = arg0; self->held = args[0]->owner.counter != 0;
    }
    lockstat:::adaptive-release /self->lock == arg0/ { printf("%d %d", (int64_t)arg0 < 0, self->held); exit(0); }`;
  expect(await prints(['file-lock'], script)).toBe('1 1');
});
