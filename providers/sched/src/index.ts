import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { schedTable } from './table.js';

/** What runs on which CPU, and why not something else. */
export default defineProvider({
  name: 'sched',
  create: (host) => tableProvider(schedTable(host.arch), host),
});
