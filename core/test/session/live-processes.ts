/** An engine with the providers of processes, for their live tests. */
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import instrProvider from '../../../providers/instr/src/index.js';
import pidProvider from '../../../providers/pid/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import syscallProvider from '../../../providers/syscall/src/index.js';
import usdtProvider from '../../../providers/usdt/src/index.js';
import { DTrace, LocalHost } from '../../src/index.js';

export const processes = new DTrace(new LocalHost(), [
  dtraceProvider,
  profileProvider,
  syscallProvider,
  pidProvider,
  usdtProvider,
  instrProvider,
]);
