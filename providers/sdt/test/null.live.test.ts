import { expect, test } from 'vitest';
import { trace } from '../../../test/workloads/index.js';

test('a null pointer among the arguments is an error of the clause, with its address', async () => {
  const script = `
    sdt:::tcp_send_reset /args[0] == NULL/ { printf("null "); trace(args[0]->sk_protocol); printf("not reached"); }
    sdt:::tcp_send_reset { printf("next"); exit(0); }`;
  // Nobody listens there: the kernel answers with a reset that has no socket.
  const { text, complaints } = await trace([['refused', '9']], script);
  expect(text).toBe('next');
  expect(complaints.join()).toMatch(/invalid address \(0x0\)/);
});
