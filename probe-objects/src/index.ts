export { ELF_MACHINES, type ElfMachine, type ElfMachineName } from './elf.js';
export { type BuiltLibrary, type LibraryProbe, type ProbeLibrary, probeLibrary } from './library.js';
export { DECLARATIONS } from './notes.js';
export { type ProbeObject, probeObject } from './object.js';
