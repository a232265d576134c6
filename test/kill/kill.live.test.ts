import { hasFeature } from 'ebpf-napi';
import { test } from 'vitest';
import { killDtrace, PHASES } from './kill.mjs';

/** Uprobes that are attached one by one take a tenth of a second each to undo, and minutes in a guest. */
const together = hasFeature('uprobe_multi');

test.skipIf(!together).each(PHASES)(
  'a process survives dtrace being killed while %s',
  async (phase: string) => {
    await killDtrace(2, { phases: [phase] });
  },
);
