import type { Instruction } from 'ebpf-napi/asm';
import { describe, expect, it } from 'vitest';
import { compileText } from './compile-text.js';

/** Whether some instruction of the functions behind the program itself leads back, or counts turns. */
function loopsBehindMain(instructions: readonly Instruction[]): boolean {
  const places = new Map(instructions.map(({ label }, i) => [label, i]));
  const main = instructions.findIndex(({ label }, i) => i > 0 && label?.includes('.turn'));
  const behind = main < 0 ? [] : [...instructions.entries()].slice(main);
  return behind.some(([i, { opcode, reference }]) => {
    const to = reference?.kind === 'label' ? places.get(reference.name) : undefined;
    return opcode === 0xe5 || (to !== undefined && to <= i);
  });
}

describe('loops within loops', () => {
  const text =
    'int i; int n; BEGIN { for (i = 0; i < 9; i++) n += strlen(strjoin(execname, "x")) + index(execname, "y"); }';

  it('are loops of functions that the kernel calls', () => {
    expect(loopsBehindMain(compileText(text).programs[0]!.instructions)).toBe(true);
  });

  it('are functions too where the kernel would crash', () => {
    const image = compileText(text, (feature) => feature !== 'loops_in_callbacks');
    expect(loopsBehindMain(image.programs[0]!.instructions)).toBe(false);
  });
});
