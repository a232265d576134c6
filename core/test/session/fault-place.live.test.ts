/** Where a fault happened: the pc that ERROR sees and messages tell is an instruction of the program. */
import { assemble } from 'ebpf-napi/asm';
import { describe, expect, it } from 'vitest';
import { engine } from './live.js';

async function faultOf(script: string) {
  const program = engine.compile(script, { options: [['quiet', undefined]] });
  const session = engine.session(program);
  const seen: unknown[] = [];
  let text = '';
  session.on('record', ({ actions }) => seen.push(...actions.flatMap(({ values }) => values)));
  session.on('fault', (fault) => {
    text = fault.text;
  });
  await session.start();
  await session.stop();
  const [image] = program.image.programs;
  const { sources } = assemble(image!.instructions);
  const pc = Number(/at BPF pc (\d+)$/.exec(text)?.[1]);
  return { pc, seen, line: program.image.sources[sources[pc]!]?.line };
}

describe('the place of a fault', () => {
  it.each([
    ['a bad address', 'x = 1;\n\ttrace(*(int *)8);\n\tx = 2;', 3],
    ['a division', 'trace(1);\n\tx = 0;\n\ttrace(7 / x);', 4],
    ['a loop', 'x = 0;\n\twhile (1)\n\t\tx++;', 3],
    ['code that is called', 'for (x = 0; x < 9; x++)\n\t\ttrace(3 / (x - 2));', 3],
  ])('%s', async (_, body, line) => {
    const found = await faultOf(`int x;\nBEGIN {\t${body}\n}\nERROR { trace(arg3); }`);
    expect(found.pc).toBeGreaterThan(0);
    expect(found.line).toBe(line);
    expect(found.seen.at(-1)).toBe(found.pc);
  });
});
