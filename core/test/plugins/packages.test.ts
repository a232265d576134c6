import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isTrustedByRoot } from '../../src/plugins/config-file.js';
import { loadPackages } from '../../src/plugins/load-packages.js';

let folder: string;

function write(path: string, text: string): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

/** A package in plain JavaScript, as somebody else's would be: the brand is all that is checked. */
const packageText = (name: string, more = '') =>
  `export default { brand: '@dtrace/core:provider-package', apiVersion: 1, name: '${name}', register() {} ${more}};`;

const user = (config?: string) => loadPackages({ searchFrom: folder, euid: 1000, ...(config && { config }) });
const names = (found: Awaited<ReturnType<typeof user>>) => found.packages.map(({ name }) => name);
const told = (found: Awaited<ReturnType<typeof user>>) =>
  found.problems.map(({ plugin, message }) => `${plugin}: ${message}`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-config-'));
  write('package.json', '{}');
  write('x.mjs', packageText('x'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('configuration is found', () => {
  test.each([
    ['dtrace.config.json', '{ "providers": ["./x.mjs"] }'],
    ['dtrace.config.yaml', 'providers: [./x.mjs]'],
    ['dtrace.config.yml', 'providers:\n  - ./x.mjs\n'],
    ['package.json', '{ "dtrace": { "providers": ["./x.mjs"] } }'],
  ])('in %s', async (name, text) => {
    write(name, text);
    expect(names(await user())).toEqual(['x']);
  });

  test('above the folder, up to the project’s', async () => {
    write('dtrace.config.json', '{ "providers": ["./x.mjs"] }');
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    expect(names(await loadPackages({ searchFrom: join(folder, 'a/b'), euid: 1000 }))).toEqual(['x']);
  });

  test('where it is named, and then nowhere else', async () => {
    write('dtrace.config.json', '{ "providers": ["./x.mjs"] }');
    write('sub/y.mjs', packageText('y'));
    const other = write('sub/other.json', '{ "providers": ["./y.mjs"] }');
    expect(names(await user(other))).toEqual(['y']);
  });

  test('or not, which is no problem', async () => {
    expect(await user()).toEqual({ packages: [], problems: [] });
    expect(await loadPackages({})).toEqual({ packages: [], problems: [] });
  });
});

describe('packages', () => {
  test('are resolved from the folder of the file', async () => {
    write('node_modules/@acme/dtrace-provider-z/package.json', '{ "name": "z", "exports": "./main.mjs" }');
    write('node_modules/@acme/dtrace-provider-z/main.mjs', packageText('z'));
    write('dtrace.config.json', '{ "providers": ["@acme/dtrace-provider-z"] }');
    expect(names(await user())).toEqual(['z']);
  });

  test('that fail are named in one line each, and the others work', async () => {
    write('throws.mjs', 'throw new Error("first line\\nsecond line");');
    write('nothing.mjs', 'export const x = 1;');
    write(
      'dtrace.config.json',
      '{ "providers": ["./throws.mjs", "@acme/absent", "./nothing.mjs", "./x.mjs"] }',
    );
    const found = await user();
    expect(names(found)).toEqual(['x']);
    expect(told(found)).toEqual([
      './throws.mjs: first line',
      expect.stringMatching(/^@acme\/absent: Cannot find module '@acme\/absent'/),
      './nothing.mjs: it has no default export',
    ]);
    expect(told(found).join('')).not.toContain('\n');
  });

  test('a configuration that makes no sense is told, or fatal when it was named', async () => {
    const path = write('dtrace.config.json', '{ "providers": "x" }');
    expect(told(await user())).toEqual([expect.stringContaining('"providers" is a list')]);
    await expect(user(path)).rejects.toThrow('"providers" is a list');
    await expect(user(join(folder, 'absent.json'))).rejects.toThrow('ENOENT');
  });
});

describe('options', () => {
  const configured = (options: string) =>
    user(write('dtrace.config.json', `{ "providers": [{ "package": "./o.mjs", "options": ${options} }] }`));

  beforeEach(() => {
    write(
      'o.mjs',
      `import { defineProvider } from '${new URL('../../dist/provider.js', import.meta.url).href}';
       export default defineProvider({
         name: 'o',
         options: { pattern: { type: 'string', help: 'which', default: '*' }, kind: { type: 'strings', help: 'k', oneOf: ['a', 'b'] } },
       });`,
    );
  });

  test.each([
    ['{ "pattern": 3 }', "./o.mjs: its option 'pattern' is a string"],
    ['{ "patern": "x" }', "./o.mjs: it has no option 'patern'; it has pattern, kind"],
    ['{ "kind": ["a", "c"] }', "./o.mjs: its option 'kind' is one of a, b, not 'c'"],
    ['[]', './o.mjs: its options are not an object'],
  ])('%s are not as the package describes them', async (options, problem) => {
    expect(told(await configured(options))).toEqual([problem]);
  });

  test('are taken when they are', async () => {
    expect(names(await configured('{ "kind": ["a"] }'))).toEqual(['o']);
  });
});

describe('packages that a project depends on', () => {
  const found = () => loadPackages({ discoverFrom: join(folder, 'src'), euid: 1000 });

  test('are found by their keyword, whatever they are called', async () => {
    const text = (keywords: string) => `{ "exports": "./main.mjs", "keywords": [${keywords}] }`;
    write(
      'package.json',
      '{ "dependencies": { "a": "1" }, "devDependencies": { "@acme/b": "1", "c": "1", "gone": "1" } }',
    );
    for (const [name, keywords] of [
      ['a', '"dtrace-provider"'],
      ['@acme/b', '"x", "dtrace-provider"'],
      ['c', '"dtrace"'],
    ] as const) {
      write(`node_modules/${name}/package.json`, text(keywords));
      write(`node_modules/${name}/main.mjs`, packageText(name));
    }
    expect(names(await found())).toEqual(['a', '@acme/b']);
    // Root takes nothing out of a folder that others can write.
    expect(await loadPackages({ discoverFrom: folder, euid: 0 })).toEqual({ packages: [], problems: [] });
  });

  test('or not', async () => {
    expect(names(await found())).toEqual([]);
  });
});

describe('configuration that was only found is not run as code where others can write', () => {
  const trap = () => `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'trapped'))}, '');`;

  test.each(['.config/config.js', '.config/config.cjs', 'dtrace.config.js', '.dtracerc.js'])(
    'not %s',
    async (path) => {
      write(path, trap());
      const cwd = process.cwd;
      process.cwd = () => folder;
      try {
        expect(names(await user())).toEqual([]);
      } finally {
        process.cwd = cwd;
      }
      expect(() => rmSync(join(folder, 'trapped'))).toThrow('ENOENT');
    },
  );

  test('but where it is named, it is', async () => {
    const text = 'export default { providers: ["./x.mjs"] };';
    expect(names(await user(write('config.mjs', text)))).toEqual(['x']);
  });
});

describe('root', () => {
  const root = (config?: string) => loadPackages({ searchFrom: folder, euid: 0, ...(config && { config }) });

  test('does not use what others could have put there', async () => {
    // Below /tmp, where anybody may put files.
    write('dtrace.config.json', '{ "providers": ["./x.mjs"] }');
    const found = await root();
    expect(names(found)).toEqual([]);
    expect(told(found)).toEqual([expect.stringContaining('is ignored: others than root can write it')]);
  });

  test('uses what it names', async () => {
    expect(names(await root(write('dtrace.config.json', '{ "providers": ["./x.mjs"] }')))).toEqual(['x']);
  });

  test('trusts what only root can write', () => {
    expect(isTrustedByRoot('/etc/passwd')).toBe(true);
    expect(isTrustedByRoot(join(folder, 'x.mjs'))).toBe(false);
    expect(isTrustedByRoot('/absent/file')).toBe(false);
    symlinkSync('/etc/passwd', join(folder, 'link'));
    expect(isTrustedByRoot(join(folder, 'link'))).toBe(false);
  });
});
