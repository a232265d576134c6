/** The policy as it is now: the file is read for every client, and only if nobody but root could have written it. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { BUILT_IN, PolicyError, parsePolicy, type Rule } from './policy.js';

const LONGEST = 2 ** 20;

export function readPolicy(path: string): readonly Rule[] {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [BUILT_IN];
    throw new PolicyError(`${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new PolicyError(`${path} is no file`);
    if (stat.uid !== 0 || (stat.mode & 0o022) !== 0)
      throw new PolicyError(`${path} must belong to root and be writable by nobody else`);
    if (stat.size > LONGEST) throw new PolicyError(`${path} is too long`);
    return parsePolicy(readFileSync(fd, 'utf8'), path);
  } finally {
    closeSync(fd);
  }
}
