import type { Host } from '@dtrace/core/provider';

/** What the tracepoints sys_enter (args[]: registers, number) and sys_exit (registers, result) tell, in D. */
export interface Machine {
  /** Number of the call that returns. */
  readonly number: string;
  /** The path that execve() and execveat() are given. */
  readonly path: string;
  readonly exec: readonly number[];
  /** Calls that a new thread comes out of as well. */
  readonly create: readonly number[];
  readonly sigwait: number;
}

export const MACHINES: Readonly<Record<Host['arch'], Machine>> = {
  x64: {
    number: 'args[0]->orig_ax',
    path: 'args[1] == 59 ? args[0]->di : args[0]->si',
    exec: [59, 322],
    create: [56, 57, 58, 435],
    sigwait: 128,
  },
  arm64: {
    number: 'args[0]->syscallno',
    path: 'args[1] == 221 ? args[0]->orig_x0 : args[0]->regs[1]',
    exec: [221, 281],
    create: [220, 435],
    sigwait: 137,
  },
};

/** D: whether a value is one of these. */
export const oneOf = (value: string, numbers: readonly number[]): string =>
  `(${numbers.map((number) => `${value} == ${number}`).join(' || ')})`;
