import { closeSync, openSync, readSync } from 'node:fs';

/** Read access to a file's bytes. Reading beyond the end gives zeros. */
export interface ByteSource {
  read(offset: number, length: number): Buffer;
}

/** Opens the file anew for each read: many files are looked into, few of them twice, and none is held open. */
export function fileBytes(path: string): ByteSource {
  return {
    read(offset, length) {
      const fd = openSync(path, 'r');
      try {
        const bytes = Buffer.alloc(length);
        let done = 0;
        while (done < length) {
          const count = readSync(fd, bytes, done, length - done, offset + done);
          if (count === 0) break;
          done += count;
        }
        return bytes;
      } finally {
        closeSync(fd);
      }
    },
  };
}

export const memoryBytes = (bytes: Buffer): ByteSource => ({
  read: (offset, length) => bytes.subarray(offset, offset + length),
});
