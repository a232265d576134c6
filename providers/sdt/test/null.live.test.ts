import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

/** Nobody listens there: the kernel answers with a reset that has no socket. */
const REFUSED = 'exec 3<>/dev/tcp/127.0.0.1/1';

test('a null pointer among the arguments is an error of the clause, with its address', async () => {
  const timer = setInterval(() => spawn('/bin/bash', ['-c', REFUSED], { stdio: 'ignore' }), 300);
  try {
    const script = `
      sdt:::tcp_send_reset /args[0] == NULL/ { printf("null "); trace(args[0]->sk_protocol); printf("not reached"); }
      sdt:::tcp_send_reset { printf("next"); exit(0); }
      tick-20s { printf("nothing"); exit(1); }`;
    const { text, complaints } = await runOn(tables, script);
    expect(text.trim()).toBe('next');
    expect(complaints.join()).toMatch(/invalid address \(0x0\)/);
  } finally {
    clearInterval(timer);
  }
});
