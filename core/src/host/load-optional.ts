import { createRequire } from 'node:module';

/**
 * A package that few runs need, loaded when it is needed first and without waiting: probes are listed synchronously. Such a
 * package stays outside of the bundled command, which is a CommonJS file and has no import.meta.
 */
export function loadPackage<T>(name: string): T {
  return createRequire(typeof __filename === 'string' ? __filename : import.meta.url)(name) as T;
}

/** Where a file of such a package is. */
export function packageFile(name: string): string {
  return createRequire(typeof __filename === 'string' ? __filename : import.meta.url).resolve(name);
}
