import { ProbeRegistry, RecordedHost } from '@dtrace/core';
import { HOST, PROVIDER, type Provider } from '@dtrace/core/provider';
import { container } from 'tsyringe';
import { expect, test } from 'vitest';
import dtrace from '../src/index.js';

test('BEGIN, END and ERROR are probes 1, 2 and 3 of every system', () => {
  const engine = container.createChildContainer();
  engine.registerInstance(HOST, new RecordedHost());
  dtrace.register(engine);
  const registry = new ProbeRegistry(engine.resolveAll<Provider>(PROVIDER as symbol));
  const shown = [...registry.list()].map(({ id, probe }) => [id, probe.name, probe.site]);
  expect(shown).toEqual([
    [1, 'BEGIN', { kind: 'self', phase: 'begin' }],
    [2, 'END', { kind: 'self', phase: 'end' }],
    [3, 'ERROR', { kind: 'self', phase: 'error' }],
  ]);
});
