/** An engine with the providers that are tables, for their live tests. */

import cpcProvider from '../../../providers/cpc/src/index.js';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import fbtProvider from '../../../providers/fbt/src/index.js';
import fsinfoProvider from '../../../providers/fsinfo/src/index.js';
import ioProvider from '../../../providers/io/src/index.js';
import lockstatProvider from '../../../providers/lockstat/src/index.js';
import mibProvider from '../../../providers/mib/src/index.js';
import netProvider from '../../../providers/net/src/index.js';
import nfsProvider from '../../../providers/nfs/src/index.js';
import procProvider from '../../../providers/proc/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import schedProvider from '../../../providers/sched/src/index.js';
import sdtProvider from '../../../providers/sdt/src/index.js';
import syscallProvider from '../../../providers/syscall/src/index.js';
import sysinfoProvider from '../../../providers/sysinfo/src/index.js';
import vminfoProvider from '../../../providers/vminfo/src/index.js';
import { DTrace, LocalHost } from '../../src/index.js';

export const tables = new DTrace(new LocalHost(), [
  dtraceProvider,
  syscallProvider,
  profileProvider,
  procProvider,
  schedProvider,
  ioProvider,
  netProvider,
  vminfoProvider,
  cpcProvider,
  lockstatProvider,
  sysinfoProvider,
  mibProvider,
  fsinfoProvider,
  nfsProvider,
  sdtProvider,
  fbtProvider,
]);
