export { RingBufferReader } from './reader.js';
export type { RecordCallback } from './ring.js';
