/** What running an image loads: neither the language's front end nor the code generator. */
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const COMPILER =
  /core\/(src|dist)\/(language\/(lexer|parser|checker|preprocessor)\/|compiler\/(?!image\.|(unwind|scripts)\/(layout|maps)\.))/;

async function parts(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [new URL(entry, import.meta.url).pathname],
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'parts.js',
    platform: 'node',
    format: 'esm',
    external: ['typescript'],
    logLevel: 'error',
  });
  const [output] = Object.values(metafile.outputs);
  return Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? [path] : [],
  );
}

test('an image runs without the compiler', async () => {
  const loaded = await parts('../../src/image.ts');
  expect(loaded.some((path) => path.includes('core/src/session/session.ts'))).toBe(true);
  expect(loaded.filter((path) => COMPILER.test(path))).toEqual([]);
});

test('a script does not', async () => {
  const loaded = await parts('../../src/index.ts');
  expect(loaded.filter((path) => COMPILER.test(path)).length).toBeGreaterThan(50);
});
