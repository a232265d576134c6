import { expect, test } from 'vitest';
import { RecordedHost } from '../../src/index.js';
import { machineLibrary } from '../../src/session/machine-library.js';

const cpu = '/sys/devices/system/cpu';
const files = {
  [`${cpu}/cpu0/topology/physical_package_id`]: '0\n',
  [`${cpu}/cpu1/topology/physical_package_id`]: '0\n',
  [`${cpu}/cpu2/topology/physical_package_id`]: '1\n',
  [`${cpu}/cpu3/topology/physical_package_id`]: '1\n',
  '/sys/devices/system/node/node0/cpulist': '0,2\n',
  '/sys/devices/system/node/node1/cpulist': '1,3\n',
};

test('chips and nodes of CPUs, by ranges', () => {
  const host = new RecordedHost({ cpus: 4, files });
  const [library] = machineLibrary(host, 4, [{ name: 'cpu.d', text: 'x = cpu_chip_of[cpu];' }]);
  expect(library?.text).toContain('cpu_chip_of[int C] = C <= 1 ? 0 : 1;');
  expect(library?.text).toContain('cpu_node_of[int C] = C <= 0 ? 0 : C <= 1 ? 1 : C <= 2 ? 0 : 1;');
});

test('nothing is read for libraries that do not ask', () => {
  expect(machineLibrary(new RecordedHost(), 4, [{ name: 'a.d', text: '' }])).toEqual([]);
});
