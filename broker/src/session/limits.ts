/** What a compiled program would take, compared with what it may: before the kernel is asked for any of it. */
import type { CompiledProgram, MapImage, ProgramImage } from '@dtrace/core';
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

/** Of all clocks of a session together; the clock of every CPU counts once. */
const MOST_TICKS = 20_000;
const SECOND = 1_000_000_000;

const ticks = ({ site }: ProgramImage['sites'][number]): number =>
  'period' in site ? Math.ceil(SECOND / Number(site.period)) : 0;

const ROOM = ' (see -x bufsize, aggsize, dynvarsize, strsize)';

/** Throws a `LimitError`. */
export function checkLimits({ image }: Pick<CompiledProgram, 'image'>, limits: Limits, cpus: number): void {
  const programs = image.programs.map(({ instructions }) => instructions.length);
  check('instructions', sum(programs), limits.instructions);
  check(
    'ticks of its clocks a second',
    sum(image.programs.flatMap(({ sites }) => sites.map(ticks))),
    MOST_TICKS,
  );
  check('probes', sum(image.programs.map(({ sites }) => sites.length)), limits.maxprobes);
  check(
    'bytes of buffers and variables',
    sum(image.maps.map((map) => bytesOf(map, cpus))),
    limits.memory,
    ROOM,
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
