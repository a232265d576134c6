import { ProbeRegistry, RecordedHost } from '@dtrace/core';
import { describe, expect, test } from 'vitest';
import { RawtpProvider, SdtProvider } from '../src/index.js';

const TRACING = '/sys/kernel/tracing/events';

const listed = (host: RecordedHost, Provider: typeof SdtProvider = SdtProvider) =>
  [...new ProbeRegistry([new Provider(host)]).list()].map(
    ({ probe }) => `${probe.module}:${probe.function}:${probe.name}`,
  );

describe('subsystems', () => {
  const tracepoints = ['sched_switch', 'task_rename', 'ext4_sync_fs', 'nothing_known'];

  test('by the words a name starts with', () => {
    expect(listed(new RecordedHost({ tracepoints }))).toEqual([
      'sched::sched_switch',
      'task::task_rename',
      'ext4::ext4_sync_fs',
      'kernel::nothing_known',
    ]);
  });

  test('as the tracing file system has them, where it can be read', () => {
    const files = {
      [`${TRACING}/other/sched_switch/format`]: '',
      [`${TRACING}/some/nothing_known/format`]: '',
      [`${TRACING}/syscalls/task_rename/format`]: '',
    };
    expect(listed(new RecordedHost({ tracepoints, files }))).toEqual([
      'other::sched_switch',
      'task::task_rename',
      'ext4::ext4_sync_fs',
      'some::nothing_known',
    ]);
  });
});

test('rawtp has the same tracepoints by where they are', () => {
  const host = new RecordedHost({ tracepoints: ['sched_switch'] });
  expect(listed(host, RawtpProvider)).toEqual(['vmlinux::sched_switch']);
});

test('a kernel that tells nothing has none, and says why', () => {
  const provider = new SdtProvider(new RecordedHost());
  expect([...provider.probes()]).toEqual([]);
  expect(provider.unavailable()).toContain('BTF');
});
