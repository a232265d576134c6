import { check } from '../errors.js';
import { cString, invoke } from '../syscall.js';

const PR_SET_NAME = 15;

/** Sets the name of the calling thread, for the main thread the `comm` of the process; cut to 15 bytes. */
export function setComm(name: string): void {
  const bytes = new Uint8Array(16);
  bytes.set(cString(name).subarray(0, 15));
  check(invoke({ name: 'prctl', args: [PR_SET_NAME, bytes, 0, 0, 0] }), 'prctl', `set name '${name}'`);
}
