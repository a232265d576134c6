import { invoke } from '../syscall.js';

const RLIMIT_MEMLOCK = 8;
let raised = false;

/**
 * Lifts the locked-memory limit of the process, against which kernels before 5.11 count maps and programs.
 * Done before the first map or program; without the privilege for it nothing changes.
 */
export function rlimitMemlock(): void {
  if (raised) return;
  raised = true;
  const unlimited = new Uint8Array(16).fill(0xff);
  invoke({ name: 'prlimit64', args: [0, RLIMIT_MEMLOCK, unlimited, null] });
}
