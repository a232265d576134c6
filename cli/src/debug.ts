/** -x debug: what has been done, and when. */
import type { LoadableProgram } from '@dtrace/core';

type Step = 'compiled' | 'tracing' | 'stopped';
export type DebugTeller = (step: Step) => void;

const MILLISECOND = 1_000_000n;

const details: Readonly<Record<Step, (program: LoadableProgram) => string>> = {
  compiled: ({ image }) => {
    const instructions = image.programs.reduce((sum, program) => sum + program.instructions.length, 0);
    return `compiled ${image.records.length} clauses: ${image.programs.length} programs, ${instructions} instructions, ${image.maps.length} maps`;
  },
  tracing: ({ image }) =>
    `loaded and attached to ${image.programs.flatMap(({ sites }) => sites).length} sites`,
  stopped: () => 'detached, and everything read',
};

/** Says nothing unless the option is set. */
export function debugTeller(program: LoadableProgram): DebugTeller {
  if (!program.options.debug) return () => {};
  const start = process.hrtime.bigint();
  return (step) => {
    const passed = (process.hrtime.bigint() - start) / MILLISECOND;
    const now = Math.floor(Date.now() / 1000);
    process.stderr.write(`dtrace DEBUG ${now}: ${details[step](program)} (+${passed} ms)\n`);
  };
}
