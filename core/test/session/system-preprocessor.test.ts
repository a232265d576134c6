import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locate } from '../../src/language/lines.js';
import { systemPreprocessor } from '../../src/session/system-preprocessor.js';

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
