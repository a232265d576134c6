import { describe, expect, it } from 'vitest';
import { Btf, formatDeclaration, programInfo } from '../../src/btf/index.js';

const words = (bytes: Uint8Array): number[] => [
  ...new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
];

describe('programInfo', () => {
  it('describes functions and lines in the order of slots', () => {
    const lines = [
      { slot: 5, file: 'a.d', text: 'exit(0);', line: 2, column: 3 },
      { slot: 0, file: 'a.d', text: 'trace(pid);', line: 1, column: 5000 },
    ];
    const functions = [
      { name: 'sub:routine', slot: 9 },
      { name: '', slot: 0 },
    ];
    const info = programInfo(functions, lines);
    const btf = new Btf(info.btf);
    const [mainSlot, main, subSlot, sub] = words(info.funcInfo);
    expect([mainSlot, subSlot]).toEqual([0, 9]);
    expect(formatDeclaration(btf, main!)).toBe('int _(void)');
    expect(formatDeclaration(btf, sub!)).toBe('int sub_routine(void)');
    expect(btf.type(sub!)).toMatchObject({ linkage: 'static' });
    const [slot, file, text, place, nextSlot, nextFile] = words(info.lineInfo);
    expect([slot, nextSlot]).toEqual([0, 5]);
    expect(file).toBe(nextFile);
    expect(text).toBeGreaterThan(0);
    expect(place).toBe((1 << 10) | 1023);
  });

  it('has empty tables without functions', () => {
    expect(programInfo([])).toMatchObject({ funcInfo: new Uint8Array(), lineInfo: new Uint8Array() });
  });
});
