import { describe, expect, test } from 'vitest';
import { JitMap } from '../../src/host/symbols/jit-map.js';

const TEXT = `7f0000001000 20 JS:~first file.js:1:1
0x00007f0000002000 0x0000000000000010 double Some.method(int)
7f0000001000 8 JS:*first file.js:1:1
`;

describe('names of generated code', () => {
  const map = new JitMap(TEXT);

  test('cover their size, whichever way the numbers are written', () => {
    expect(map.at(0x7f0000002000)).toEqual({ name: 'double Some.method(int)', offset: 0 });
    expect(map.at(0x7f000000200f)?.offset).toBe(15);
    expect(map.at(0x7f0000002010)).toBeUndefined();
    expect(map.at(0x7f0000000fff)).toBeUndefined();
  });

  test('the last that was made at a place is there', () => {
    expect(map.at(0x7f0000001004)?.name).toBe('JS:*first file.js:1:1');
    expect(map.at(0x7f0000001010)).toBeUndefined();
  });
});
