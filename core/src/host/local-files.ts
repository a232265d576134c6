import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { HostFiles } from './host.js';

function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** The files of the machine this program runs on. */
export class LocalFiles implements HostFiles {
  readText(path: string): string | undefined {
    return ifThere(() => readFileSync(path, 'utf8'));
  }

  readDir(path: string): readonly string[] | undefined {
    return ifThere(() => readdirSync(path).sort());
  }

  readLink(path: string): string | undefined {
    return ifThere(() => readlinkSync(path));
  }

  inode(path: string): number | undefined {
    return ifThere(() => statSync(path).ino);
  }
}
