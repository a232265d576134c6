/** How the command speaks of itself on stderr: one line, its name first. */
import { writeSync } from 'node:fs';

export const EXIT = { success: 0, error: 1, usage: 2 } as const;

/** Ends the command with one line and a status. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly status: number = EXIT.error,
  ) {
    super(message);
  }
}

/** Straight to the descriptor: a line must be out before whatever happens next. */
export function complain(text: string): void {
  try {
    writeSync(2, `dtrace: ${text}\n`);
  } catch {
    // Nobody listens.
  }
}
