import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostFiles } from '../../src/host/host.js';
import { locate } from '../../src/language/lines.js';
import { preprocess } from '../../src/language/preprocessor/index.js';
import {
  COMPILER_WORDS,
  compilerDefines,
  dtraceDefines,
  systemFolders,
} from '../../src/session/predefined.js';
import { systemPreprocessor } from '../../src/session/system-preprocessor.js';

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-cpp-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the preprocessor of the machine', () => {
  it('is used only when asked for', () => {
    expect(systemPreprocessor([], {})).toBeUndefined();
    expect(systemPreprocessor([['cpp', 'no']], {})).toBeUndefined();
  });

  it.runIf(existsSync('/usr/bin/cpp'))('expands, finds files, and keeps names and lines', () => {
    writeFileSync(join(folder, 'answer.h'), '#define ANSWER 42\n');
    const run = systemPreprocessor([['cpp', undefined]], {
      includePaths: [folder],
      defines: ['TWICE(x)=x x'],
    });
    const text = '#!/usr/sbin/dtrace -s\n#include "answer.h"\nBEGIN\n{ trace(ANSWER); TWICE(y) }\n';
    const result = run!({ name: 'my script.d', text });
    expect(result.text).toMatch(/trace\(42\); y y/);
    expect(locate(result, result.text.indexOf('BEGIN'))).toMatchObject({ name: 'my script.d', line: 3 });
  });

  it.runIf(existsSync('/usr/bin/cpp'))('is told how strictly to keep to ISO C', () => {
    const text = '#ifdef __STDC__\nnew\n#else\nold\n#endif\n';
    const read = (stdc: string) =>
      systemPreprocessor(
        [
          ['cpp', undefined],
          ['stdc', stdc],
        ],
        {},
      )!({ name: 'a.d', text }).text;
    expect(read('s')).toContain('old');
    expect(read('c')).toContain('new');
  });

  it('is a failure of the script when it fails', () => {
    const run = systemPreprocessor(
      [
        ['cpp', undefined],
        ['cpppath', '/bin/false'],
      ],
      {},
    );
    expect(() => run!({ name: 'a.d', text: 'BEGIN {}' })).toThrow(/preprocessor.failed/);
  });
});

describe('the built-in preprocessor', () => {
  const files = { readText: () => '6.1.0-x' } as unknown as HostFiles;
  const defines = [...compilerDefines('x64'), ...COMPILER_WORDS, ...dtraceDefines('x64', files)];

  it('knows what a script may ask for', () => {
    const text =
      '#if defined(__linux) && __SUNW_D_VERSION >= 0x01000000 && defined(__Linux_6_1_0_x)\nyes\n#endif\n';
    expect(preprocess({ name: 'a.d', text }, { defines }).source.text).toContain('yes');
  });

  it.runIf(existsSync('/usr/bin/cpp') && existsSync('/usr/include/errno.h'))(
    'makes of a script what the preprocessor of the machine makes of it',
    () => {
      writeFileSync(join(folder, 'size.h'), '#define SIZE(x) sizeof(x)\n');
      const text = '#include "size.h"\n#include <errno.h>\nBEGIN { trace(SIZE(int)); trace(EINTR); }\n';
      const options = { defines, loader: { read }, includePaths: [folder] };
      const theirs = systemPreprocessor([['cpp', undefined]], options)!({ name: 'a.d', text });
      const told: string[] = [];
      const ours = preprocess(
        { name: 'a.d', text },
        {
          ...options,
          includePaths: [folder, ...systemFolders('x64')],
          included: (path, depth) => told.push(`${depth} ${path}`),
        },
      );
      const clause = (result: string) =>
        result.slice(result.indexOf('BEGIN')).replace(/^#.*$/gm, '').replace(/\s+/g, '');
      expect(ours.diagnostics).toEqual([]);
      expect(clause(ours.source.text)).toBe(clause(theirs.text));
      expect(told[0]).toBe(`1 ${join(folder, 'size.h')}`);
    },
  );
});
