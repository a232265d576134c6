import { getSystemErrorMap } from 'node:util';

/** The system's words for an error of a system call, as other commands say them: "No such file or directory". */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  // Node counts them below zero, the kernel above.
  const number = errno === undefined ? undefined : -Math.abs(errno);
  const text = number === undefined ? undefined : (FAMILIAR[number] ?? getSystemErrorMap().get(number)?.[1]);
  if (text === undefined) return message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Where Node's words differ from those of every other command. */
const FAMILIAR: Readonly<Record<number, string>> = {
  [-21]: 'Is a directory',
  [-20]: 'Not a directory',
};
