import { readFileSync } from 'node:fs';

/** Expands a kernel CPU list such as `0-3,8`. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const range of text.trim().split(',')) {
    const [first, last] = range.split('-').map(Number);
    if (range === '' || first === undefined) continue;
    for (let cpu = first; cpu <= (last ?? first); cpu++) cpus.push(cpu);
  }
  return cpus;
}

const read = (name: string): number[] =>
  parseCpuList(readFileSync(`/sys/devices/system/cpu/${name}`, 'utf8'));

let possible: number | undefined;

/** Number of CPUs a per-CPU map value has room for; more than are online where CPUs can be added. */
export function possibleCpus(): number {
  possible ??= read('possible').length;
  return possible;
}

/** CPUs that run now. */
export function onlineCpus(): number[] {
  return read('online');
}
