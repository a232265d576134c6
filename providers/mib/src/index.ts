import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { mibTable } from './table.js';

/** Counters of the network's management information bases, as probes. */
export default defineProvider({ name: 'mib', create: (host) => tableProvider(mibTable, host) });
