/** What is said to who may not trace. */
import { CommandError, EXIT } from './report.js';

/** The three ways to the right to trace. */
export function refuseWithoutRights(): never {
  throw new CommandError(
    'tracing and listing probes takes rights: run as root, give node the capabilities CAP_BPF and CAP_PERFMON, or ' +
      'have dtraced run (see docs/permissions.md)',
    EXIT.usage,
  );
}
