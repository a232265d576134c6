import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { ioTable } from './table.js';

/** Block I/O: requests to disks, when they are handed to the device and when they are done. */
export default defineProvider({ name: 'io', create: (host) => tableProvider(ioTable, host) });
