import { basename } from 'node:path';
import { testProvider } from '@dtrace/tester';
import { it } from 'vitest';
import provider from '../src/index.js';

const program = basename(process.execPath);
const names = ['gc-start', 'gc-done'].flatMap((name) =>
  ['scavenge', 'mark-compact'].map((what) => `node:${program}:${what}:${name}`),
);

testProvider(
  provider.configure!({ executables: [program] }),
  {
    listings: [
      { name: 'finds the functions of running executables', probes: names },
      { name: 'lists nothing where nothing runs', host: {}, absent: names },
    ],
    live: [
      {
        name: 'sees garbage collected',
        script: 'node:::gc-start, node:::gc-done { trace(probefunc); }',
        workload: `${process.execPath} --expose-gc -e "gc()"`,
        records: [
          { probe: 'node:::gc-start', values: ['mark-compact'] },
          { probe: 'node:::gc-done', values: ['mark-compact'] },
        ],
      },
    ],
  },
  it,
);
