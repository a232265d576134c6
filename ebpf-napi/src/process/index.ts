export { setComm } from './comm.js';
export { PidFd, pidfdOpen } from './pidfd.js';
export { type ExitStatus, HeldChild, type SpawnHeldOptions, spawnHeld } from './spawn-held.js';
