import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { sysinfoTable } from './table.js';

/** What the kernel as a whole does: the counters of old, as probes. */
export default defineProvider({
  name: 'sysinfo',
  create: (host) => tableProvider(sysinfoTable(host.arch), host),
});
