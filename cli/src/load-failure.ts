/** What is said when the kernel refuses a program: that is never the script's fault, and its log is what a report needs. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgramLoadError } from '@dtrace/core';

/** What the verifier says when it gives up, which is not the same as finding something wrong. */
const TOO_LONG = /too complex|program is too large/;

/** The message, naming the file that the verifier's log was kept in. */
export function loadFailureText(error: unknown, folder: string = tmpdir()): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ProgramLoadError) || error.log === undefined) return error.message;
  if (TOO_LONG.test(error.summary))
    return `${error.message} (the clauses of one probe are more than this kernel looks through: write shorter ones)`;
  const path = join(folder, `dtrace-${process.pid}-verifier.log`);
  try {
    // Not through a link that somebody put there.
    writeFileSync(path, `${error.message}\n\n${error.log}`, { flag: 'wx', mode: 0o600 });
  } catch {
    return error.message;
  }
  return `${error.message} (this is a mistake in dtrace; the verifier's log is in ${path})`;
}
