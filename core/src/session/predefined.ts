/** What a D program finds defined, whichever preprocessor reads it. */
import type { Architecture, HostFiles } from '../host/host.js';

/** The newest version of D, as programs compare it. */
const VERSION = '0x02000000';

const MACHINES: Readonly<Record<Architecture, readonly string[]>> = {
  x64: ['__x86_64__', '__x86_64', '__amd64__'],
  arm64: ['__aarch64__'],
};

/** What DTrace itself defines. */
export function dtraceDefines(arch: Architecture, files: HostFiles): string[] {
  const release = files.readText('/proc/sys/kernel/osrelease')?.trim().replace(/\W/g, '_');
  const names = ['__linux', '__unix', '__SVR4', '__SUNW_D', ...(arch === 'x64' ? ['__amd64'] : [])];
  const system = release === undefined ? [] : [`__Linux_${release}`];
  return [...[...names, ...system].map((name) => `${name}=1`), `__SUNW_D_VERSION=${VERSION}`];
}

/** What a C compiler's preprocessor defines of itself, and the built-in one does for it. */
export function compilerDefines(arch: Architecture): string[] {
  const names = ['__linux__', '__unix__', '__LP64__', '_LP64', '__STDC__', '__ELF__', ...MACHINES[arch]];
  return names.map((name) => `${name}=1`);
}

/**
 * What compilers know without being told and their system's headers use. D needs none of it to read the types and
 * constants there.
 */
export const COMPILER_WORDS = [
  '__attribute__(...)=',
  '__asm__(...)=',
  '__extension__=',
  '__inline=inline',
  '__inline__=inline',
  '__restrict=',
  '__restrict__=',
  '__const=const',
  '__signed__=signed',
  '__volatile__=volatile',
];

/** Where compilers look for what `#include <…>` names. */
export function systemFolders(arch: Architecture): string[] {
  const triplet = arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';
  return ['/usr/local/include', `/usr/include/${triplet}`, '/usr/include'];
}
