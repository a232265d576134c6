import { test } from 'vitest';
import { killDtrace, PHASES } from './kill.mjs';

test.each(PHASES)('a process survives dtrace being killed while %s', async (phase: string) => {
  await killDtrace(3, [phase]);
});
