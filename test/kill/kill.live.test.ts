import { hasFeature } from 'ebpf-napi';
import { test } from 'vitest';
import { killDtrace, PHASES } from './kill.mjs';

/** Where uprobes are attached one by one, each takes a tenth of a second to undo, and much more in a guest. */
const one = !hasFeature('uprobe_multi');

test.each(PHASES)('a process survives dtrace being killed while %s', async (phase: string) => {
  await killDtrace(2, { phases: [phase], functions: one ? 'strdup' : 'str*' });
});
