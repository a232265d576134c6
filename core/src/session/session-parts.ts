import type { Host } from '../host/host.js';
import type { LoadableProgram } from './compile-program.js';
import type { SessionParts } from './session.js';
import type { SiteAttacher } from './site-attacher.js';
import { symbolResolver } from './symbol-resolver.js';

/** What a session needs of the machine. */
export function sessionParts(
  program: LoadableProgram,
  host: Host,
  attachers: ReadonlyMap<string, SiteAttacher>,
): SessionParts {
  return {
    program,
    attachers,
    symbols: symbolResolver(host),
    functions: host,
    remember: (tgid) => host.userSymbols.remember(tgid),
    unwinding: host.unwinding,
    interpreter: (tgid) => host.interpreter(tgid),
    types: host.types,
    tellGenerated: (tgid) => host.tellGenerated(tgid),
  };
}
