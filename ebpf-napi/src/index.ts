export { setAddonPath } from './addon.js';
export { onlineCpus, parseCpuList, possibleCpus } from './cpus.js';
export { BpfError, type BpfErrorOptions, errnoName, MissingFeatureError } from './errors.js';
export * from './features/index.js';
export * from './links/index.js';
export * from './maps/index.js';
export * from './process/index.js';
export * from './programs/index.js';
export * from './ringbuf/index.js';
