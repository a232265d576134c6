/** What a compiled program would take, compared with what it may: before the kernel is asked for any of it. */
import type { CompiledProgram, MapImage } from '@dtrace/core';
import type { Limits } from '../grant.js';

export class LimitError extends Error {
  override readonly name = 'LimitError';
}

function bytesOf(map: MapImage, cpus: number): number {
  const { type, keySize, valueSize, maxEntries } = map;
  if (type === 'ring') return maxEntries;
  if (type === 'rings') return maxEntries * cpus;
  const entries = map.perCpu === true ? maxEntries * cpus : maxEntries;
  return entries * (keySize + valueSize * (type.startsWith('percpu') ? cpus : 1));
}

function check(what: string, has: number, most: number, hint = ''): void {
  if (has > most) throw new LimitError(`the program needs ${has} ${what}, and ${most} are allowed${hint}`);
}

const ROOM = ' (see -x bufsize, aggsize, dynvarsize, strsize)';

/** Throws a `LimitError`. */
export function checkLimits({ image }: CompiledProgram, limits: Limits, cpus: number): void {
  const programs = image.programs.map(({ instructions }) => instructions.length);
  check('instructions', sum(programs), limits.instructions);
  check('probes', sum(image.programs.map(({ sites }) => sites.length)), limits.maxprobes);
  check(
    'bytes of buffers and variables',
    sum(image.maps.map((map) => bytesOf(map, cpus))),
    limits.memory,
    ROOM,
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
