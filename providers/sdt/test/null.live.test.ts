import { expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { trace } from '../../../test/workloads/index.js';

/** Kernels that give the reason of a reset (6.10) also tell of resets without a socket; older ones are silent then. */
const tellsAll = [...tables.probes('sdt:::tcp_send_reset')].some(
  ({ probe }) => probe.arguments.args.length > 2,
);

test.skipIf(!tellsAll)(
  'a null pointer among the arguments is an error of the clause, with its address',
  async () => {
    const script = `
    sdt:::tcp_send_reset /args[0] == NULL/ { printf("null "); trace(args[0]->sk_protocol); printf("not reached"); }
    sdt:::tcp_send_reset { printf("next"); exit(0); }`;
    // Nobody listens there: the kernel answers with a reset that has no socket.
    const { text, complaints } = await trace([['refused', '9']], script);
    expect(text).toBe('next');
    expect(complaints.join()).toMatch(/invalid address \(0x0\)/);
  },
);
