import { RecordedHost } from '@dtrace/core';
import { tableProvider } from '@dtrace/core/provider';
import { expect, test } from 'vitest';
import { schedTable } from '../src/table.js';

test('an old kernel lists what it has, and the rest with the reason', () => {
  const host = new RecordedHost({ tracepoints: ['sched_switch', 'sched_waking'] });
  const provider = tableProvider(schedTable('x64'), host);
  const names = [...provider.probes({ provider: '', module: '', function: '', name: '' })].map(
    ({ name }) => name,
  );
  expect(names).toEqual(['dequeue', 'off-cpu', 'on-cpu', 'wakeup']);
  const missing = new Map(provider.missing?.().map(({ name, reason }) => [name, reason]));
  expect(missing.get('remain-cpu')).toBe('this kernel has no tracepoint sched_exit_tp');
  expect(missing.get('sleep')).toContain("this kernel's types have no task_struct.state");
});

test('on-cpu is about the thread that comes', () => {
  const host = new RecordedHost({ tracepoints: ['sched_switch'] });
  const probes = [
    ...tableProvider(schedTable('x64'), host).probes({ provider: '', module: '', function: '', name: '' }),
  ];
  expect(probes.find(({ name }) => name === 'on-cpu')?.arguments.thread).toBe('args[2]');
});
