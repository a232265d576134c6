import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { vminfoTable } from './table.js';

/** What virtual memory does: the counters of old, as probes. */
export default defineProvider({ name: 'vminfo', create: (host) => tableProvider(vminfoTable, host) });
