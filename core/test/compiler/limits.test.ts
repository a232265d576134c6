import { describe, expect, it } from 'vitest';
import { compileText } from './compile-text.js';

describe('a program longer than its jumps', () => {
  const text = `BEGIN { x = 5;\n${'@ = quantize(x);\n'.repeat(1000)}}`;

  it('compiles where the kernel has long jumps', () => {
    expect(compileText(text).programs[0]?.instructions.length).toBeGreaterThan(2 ** 15);
  });

  it('is refused with its place where the kernel has none', () => {
    const compiling = () => compileText(text, (feature) => feature !== 'cpu_v4');
    const problem = { id: 'program.jumps', tag: 'D_PROG_LEN', span: expect.objectContaining({ start: 0 }) };
    expect(compiling).toThrow(expect.objectContaining({ diagnostics: [expect.objectContaining(problem)] }));
  });
});
