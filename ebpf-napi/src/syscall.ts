import { addon, type CallArgument, type Pointers, type SystemCallNumbers } from './addon.js';

/** One system call as data, so that the same sequence of calls can be run blocking or on the thread pool. */
export interface SystemCall {
  readonly name: keyof SystemCallNumbers;
  readonly args: readonly CallArgument[];
  readonly pointers?: Pointers;
}

/**
 * `kept`: by another process that shares memory and descriptors with this one and ends after it. What a call does to other
 * processes is then not left half done, and descriptors are closed in good order, when this process is killed.
 */
export type How = 'kept' | undefined;

/** A sequence of system calls: yields a call, receives its result (below zero: minus errno). */
export type Steps<T> = Generator<SystemCall, T, number>;

/** Makes one call; result below zero is minus errno. */
export function invoke({ name, args, pointers }: SystemCall, how?: How): number {
  const native = addon();
  return native.call(native.numbers[name], args, pointers, how === 'kept');
}

/** Makes one call on the thread pool. */
export function invokeAsync({ name, args, pointers }: SystemCall, how?: How): Promise<number> {
  const native = addon();
  return native.callAsync(native.numbers[name], args, pointers, how === 'kept');
}

export function runSync<T>(steps: Steps<T>, how?: How): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next(invoke(step.value, how));
  return step.value;
}

export async function runAsync<T>(steps: Steps<T>, how?: How): Promise<T> {
  let step = steps.next();
  while (step.done !== true) step = steps.next(await invokeAsync(step.value, how));
  return step.value;
}

let lane: Promise<unknown> = Promise.resolve();

/**
 * Runs after everything else in the lane. The kernel closes perf events one at a time (about 100 ms each), so
 * more than one thread would only take the pool away from others.
 */
export function runInLane<T>(steps: Steps<T>, how?: How): Promise<T> {
  const result = lane.then(() => runAsync(steps, how));
  lane = result.catch(() => undefined);
  return result;
}

export const closeCall = (fd: number): SystemCall => ({ name: 'close', args: [fd] });

export const ioctlCall = (fd: number, request: number, argument: CallArgument = 0): SystemCall => ({
  name: 'ioctl',
  args: [fd, request, argument],
});

export function closeFd(fd: number, how?: How): void {
  invoke(closeCall(fd), how);
}

const encoder = new TextEncoder();

/** A NUL-terminated string. */
export function cString(text: string): Uint8Array {
  return encoder.encode(`${text}\0`);
}
