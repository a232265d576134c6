import { RecordedHost } from '@dtrace/core';
import { tableProvider } from '@dtrace/core/provider';
import { expect, test } from 'vitest';
import { procTable } from '../src/table.js';

const everything = { provider: '', module: '', function: '', name: '' };
const TRACEPOINTS = [
  'sched_process_fork',
  'sched_process_exec',
  'sched_process_exit',
  'signal_generate',
  'signal_deliver',
  'sys_enter',
  'sys_exit',
];

function guards(arch: 'x64' | 'arm64', tracepoints: readonly string[] = TRACEPOINTS) {
  const host = new RecordedHost({ arch, tracepoints });
  const probes = [...tableProvider(procTable(arch), host).probes(everything)];
  return new Map(probes.map(({ name, site }) => [name, site.guard]));
}

test('all probes of the field are there', () => {
  expect([...guards('x64').keys()]).toEqual([
    'create',
    'exec',
    'exec-failure',
    'exec-success',
    'exit',
    'fault',
    'lwp-create',
    'lwp-exit',
    'lwp-start',
    'signal-clear',
    'signal-discard',
    'signal-handle',
    'signal-send',
    'start',
  ]);
});

test('system calls have the numbers of the machine', () => {
  expect(guards('x64').get('exec')).toBe('(args[1] == 59 || args[1] == 322)');
  expect(guards('arm64').get('exec')).toBe('(args[1] == 221 || args[1] == 281)');
  expect(guards('arm64').get('lwp-start')).toContain('args[0]->syscallno == 220');
});

test('a kernel without the tracepoints of signals has the others', () => {
  const without = TRACEPOINTS.filter((name) => !name.startsWith('signal'));
  expect([...guards('x64', without).keys()].filter((name) => /signal|fault/.test(name))).toEqual([
    'signal-clear',
  ]);
});
