export type { MapEntries } from './batch.js';
export { BpfMap } from './map.js';
export { rlimitMemlock } from './memlock.js';
export { isPerCpu, MapFlags, type MapSpec, type MapType, mapTypes, objectName } from './types.js';
