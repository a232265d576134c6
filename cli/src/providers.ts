/** The provider packages that the command brings along, and dtraced with it. */
import type { ProviderPackage } from '@dtrace/core';
import cpcProvider from '@dtrace/provider-cpc';
import dtraceProvider from '@dtrace/provider-dtrace';
import fbtProvider from '@dtrace/provider-fbt';
import fsinfoProvider from '@dtrace/provider-fsinfo';
import instrProvider from '@dtrace/provider-instr';
import ioProvider from '@dtrace/provider-io';
import lockstatProvider from '@dtrace/provider-lockstat';
import mibProvider from '@dtrace/provider-mib';
import netProvider from '@dtrace/provider-net';
import nfsProvider from '@dtrace/provider-nfs';
import pidProvider from '@dtrace/provider-pid';
import procProvider from '@dtrace/provider-proc';
import profileProvider from '@dtrace/provider-profile';
import schedProvider from '@dtrace/provider-sched';
import sdtProvider from '@dtrace/provider-sdt';
import syscallProvider from '@dtrace/provider-syscall';
import sysinfoProvider from '@dtrace/provider-sysinfo';
import usdtProvider from '@dtrace/provider-usdt';
import vminfoProvider from '@dtrace/provider-vminfo';

export const BUNDLED: readonly ProviderPackage[] = [
  dtraceProvider,
  profileProvider,
  syscallProvider,
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
  pidProvider,
  usdtProvider,
  instrProvider,
  fbtProvider,
];
