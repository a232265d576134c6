export { setComm } from './comm.js';
export {
  CAPABILITY,
  endWithParent,
  handDown,
  hideFromOthers,
  type PeerCredentials,
  peerCredentials,
} from './credentials.js';
export { PidFd, pidfdOpen } from './pidfd.js';
export { type ExitStatus, HeldChild, type SpawnHeldOptions, spawnHeld } from './spawn-held.js';
