import { defineProvider, tableProvider } from '@dtrace/core/provider';
import { lockstatTable } from './table.js';

/** Locks of the kernel that are waited for. */
export default defineProvider({
  name: 'lockstat',
  create: (host) => tableProvider(lockstatTable, host),
});
