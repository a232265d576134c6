import { defineProvider, HOST, PROVIDER, tableProvider } from '@dtrace/core/provider';
import { nfsdTable, nfsTable } from './tables.js';

/** The network file system: what this machine asks of servers, and what it serves. */
export default defineProvider({
  name: 'nfs',
  register: (container) => {
    for (const table of [nfsTable, nfsdTable])
      container.register(PROVIDER, { useFactory: (engine) => tableProvider(table, engine.resolve(HOST)) });
  },
});
