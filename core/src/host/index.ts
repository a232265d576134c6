export type { Architecture, Host, HostFiles } from './host.js';
export { LocalHost } from './local-host.js';
export type { Processes } from './processes.js';
export { type HostRecording, RecordedHost } from './recorded-host.js';
export type { KernelSymbol, KernelSymbols, SymbolAt } from './symbols/kernel-symbols.js';
export type { UserSymbols } from './symbols/user-symbols.js';
export { KernelTypes } from './types/kernel-types.js';
