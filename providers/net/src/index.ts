import { defineProvider, HOST, PROVIDER, tableProvider } from '@dtrace/core/provider';
import { ipTable, tcpTable, udpTable } from './tables.js';

/** Packets and connections of the Internet protocols. */
export default defineProvider({
  name: 'net',
  register: (container) => {
    for (const table of [ipTable, tcpTable, udpTable])
      container.register(PROVIDER, { useFactory: (engine) => tableProvider(table, engine.resolve(HOST)) });
  },
});
