import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { testProvider } from '@dtrace/tester';
import { it } from 'vitest';
import provider from '../src/index.js';

const ROOT = '/sys/fs/cgroup';

/** Control groups of one hierarchy, or of several, each in a folder. */
function hierarchy(): string | undefined {
  if (existsSync(join(ROOT, 'cgroup.procs'))) return ROOT;
  const folders = existsSync(ROOT) ? readdirSync(ROOT).map((name) => join(ROOT, name)) : [];
  return folders.find((folder) => statSync(folder).isDirectory() && existsSync(join(folder, 'cgroup.procs')));
}

const parent = hierarchy();
const group = join(parent ?? ROOT, `docker-test-${process.pid}`);

testProvider(
  provider,
  {
    listings: [
      {
        name: 'lists what the kernel has',
        probes: ['container:vmlinux::create', 'container:vmlinux::destroy'],
      },
      { name: 'lists nothing where there is nothing', host: {}, absent: ['container:vmlinux::create'] },
    ],
    live: [
      {
        name: 'sees a container come and go',
        script: 'container:::create, container:::destroy { trace(stringof(args[0])); trace(pid); }',
        workload() {
          mkdirSync(group);
          rmdirSync(group);
        },
        records: ['create', 'destroy'].map((name) => ({
          probe: `container:::${name}`,
          values: [`/docker-test-${process.pid}`, process.pid],
        })),
      },
    ],
  },
  // No control groups are mounted here.
  parent === undefined ? it.skip : it,
);
