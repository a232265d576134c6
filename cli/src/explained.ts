/** From whatever goes wrong to one line and a status. */
import { UsageError } from './getopt.js';
import { CommandError, complain, EXIT } from './report.js';
import { reasonOf } from './system-error.js';
import { usage } from './usage.js';

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (path !== undefined && syscall !== undefined) return `failed to ${syscall} ${path}: ${reasonOf(error)}`;
  return error.message.split('\n', 1)[0]!;
}

/** One line, whatever went wrong; DTRACE_DEBUG adds where. */
function explain(error: unknown): number {
  if (process.env.DTRACE_DEBUG) console.error(error);
  if (error instanceof UsageError) {
    if (error.message !== '') complain(error.message);
    process.stderr.write(usage());
    return EXIT.usage;
  }
  const message = messageOf(error);
  if (message !== '') complain(message);
  return error instanceof CommandError ? error.status : EXIT.error;
}

/** The status of some work. */
export async function explained(work: () => number | Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    return explain(error);
  }
}
