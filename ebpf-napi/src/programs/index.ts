export type { ProgramInfo } from './info.js';
export { kernelBtf, useKernelBtf } from './load.js';
export { openModuleBtf } from './module-btf.js';
export { Program } from './program.js';
export { bpfStatsEnable } from './stats.js';
export type { TestRunOptions, TestRunResult } from './test-run.js';
export { type AttachType, attachTypes, type ProgramSpec, type ProgramType, programTypes } from './types.js';
export { parseVerifierLog, VerifierError, type VerifierVerdict } from './verifier-log.js';
