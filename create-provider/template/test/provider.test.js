// As root: npm test
import { it } from 'node:test';
import { testProvider } from '@dtrace/tester';
import provider from '../src/index.js';

testProvider(
  provider,
  {
    listings: [{ name: 'lists its probes', probes: ['__NAME__:vmlinux::fork'] }],
    live: [
      {
        name: 'sees processes',
        script: `__NAME__:::fork /pid == ${process.pid}/ { trace(args[0]->pid); trace(arg1); }`,
        workload: 'true',
        records: [{ probe: '__NAME__:::fork', values: [process.pid, (pid) => pid > 1] }],
      },
    ],
  },
  it,
);
