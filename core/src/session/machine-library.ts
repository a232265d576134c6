import type { HostFiles } from '../host/host.js';
import type { Source } from '../language/source.js';

/** What a library that needs the topology mentions. */
const MENTIONED = /\bcpu_(chip|node)_of\b/;

const CPUS = '/sys/devices/system/cpu';
const NODES = '/sys/devices/system/node';

/** `0-3,8` as numbers. */
function numbers(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

const chipsOf = (files: HostFiles, cpus: number): number[] =>
  Array.from({ length: cpus }, (_, cpu) =>
    Number(files.readText(`${CPUS}/cpu${cpu}/topology/physical_package_id`) ?? 0),
  );

function nodesOf(files: HostFiles, cpus: number): number[] {
  const nodes = new Array<number>(cpus).fill(0);
  for (const name of files.readDir(NODES) ?? []) {
    const [, node] = /^node(\d+)$/.exec(name) ?? [];
    if (node === undefined) continue;
    for (const cpu of numbers(files.readText(`${NODES}/${name}/cpulist`) ?? ''))
      if (cpu < cpus) nodes[cpu] = Number(node);
  }
  return nodes;
}

/** D: a table by ranges of equal values. */
function lookUp(values: readonly number[]): string {
  const ends = values.flatMap((value, i) => (values[i + 1] === value ? [] : [{ value, end: i }]));
  const last = ends.pop()?.value ?? 0;
  return [...ends.map(({ value, end }) => `C <= ${end} ? ${value} : `), last].join('');
}

/** What the D library cannot read from the kernel's memory: which chip and which node of memory a CPU is part of. */
export function machineLibrary(
  files: HostFiles,
  cpus: number,
  libraries: readonly Source[],
): readonly Source[] {
  if (!libraries.some(({ text }) => MENTIONED.test(text))) return [];
  const text = `inline int cpu_chip_of[int C] = ${lookUp(chipsOf(files, cpus))};
inline int cpu_node_of[int C] = ${lookUp(nodesOf(files, cpus))};
`;
  return [{ name: '(machine)', text }];
}
