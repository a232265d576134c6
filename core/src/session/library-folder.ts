import { fileURLToPath } from 'node:url';

/** Where this package's D library is; undefined in a bundle, whose maker says where it put it. */
export function libraryFolder(): string | undefined {
  const here: string | undefined = import.meta.url;
  return here === undefined || here === '' ? undefined : fileURLToPath(new URL('../../dlib', here));
}
