import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { fsinfoTable } from './table.js';

/** What processes ask file systems to do, by operation. */
export default defineProvider({
  name: 'fsinfo',
  create: (host) => tableProvider(fsinfoTable(host.arch), host),
});
