import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { procTable } from './table.js';

/** Processes and threads: how they begin and end, and what signals they get. */
export default defineProvider({
  name: 'proc',
  create: (host) => tableProvider(procTable(host.arch), host),
});
