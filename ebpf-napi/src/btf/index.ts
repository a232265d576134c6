export type { BtfTypeInit } from './encode.js';
export { BtfError } from './error.js';
export { type FormatOptions, formatDeclaration, formatDefinition } from './format.js';
export { KernelBtf, type KernelType } from './kernel.js';
export type { BtfKind, BtfLinkage } from './kinds.js';
export * from './program-info.js';
export { Btf, isTransparent } from './reader.js';
export * from './types.js';
export { BtfBuilder } from './writer.js';
