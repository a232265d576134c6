export type { CodeFile } from './elf/code-file.js';
export { type FunctionTable, functionName } from './elf/function-table.js';
export type { Architecture, Host, HostFiles } from './host.js';
export { LocalHost } from './local-host.js';
export type { Processes, ProcessModule } from './processes.js';
export { type HostRecording, RecordedHost } from './recorded-host.js';
export type { KernelSymbol, KernelSymbols, SymbolAt } from './symbols/kernel-symbols.js';
export type { UserSymbols } from './symbols/user-symbols.js';
export { KernelTypes } from './types/kernel-types.js';
