/** Names of users and groups, out of the files that have them: what networks tell of users is not asked. */
import { readFileSync } from 'node:fs';

function entries(path: string): readonly (readonly string[])[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}

/** The number of a name; a number stands for itself. */
function numberOf(path: string, name: string): number | undefined {
  if (/^\d{1,10}$/.test(name)) return Number(name);
  const id = entries(path).find(([known]) => known === name)?.[2];
  return id !== undefined && /^\d+$/.test(id) ? Number(id) : undefined;
}

export const uidOf = (name: string): number | undefined => numberOf('/etc/passwd', name);
export const gidOf = (name: string): number | undefined => numberOf('/etc/group', name);

export function userName(uid: number): string | undefined {
  return entries('/etc/passwd').find(([, , id]) => id === String(uid))?.[0];
}
