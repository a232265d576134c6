/** The tools of examples/tools that look into processes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TextOutput } from '../../core/src/index.js';
import { build, engine } from '../../core/test/session/programs.js';

/** Ten rounds of an instruction, a comparison and a jump. */
const COUNTDOWN = `
__attribute__((noipa)) void countdown(long n) { asm volatile("1: nop\\n\\tdec %0\\n\\tjne 1b" : "+r"(n) : : "cc"); }
int main(void) { countdown(10); return 0; }`;

async function output(tool: string): Promise<string> {
  const command = [build('countdown', COUNTDOWN)];
  const name = `${tool}.d`;
  const text = readFileSync(new URL(`../../examples/tools/${name}`, import.meta.url), 'utf8');
  const target = engine.openTarget({ command });
  const program = engine.compile([{ name, text }], {
    arguments: [name, 'a.out', 'countdown'],
    target: target.pid,
    prepareTarget: target.prepare.bind(target),
  });
  let printed = '';
  const write = (part: string) => {
    printed += part;
  };
  const output = new TextOutput({ write }, () => {}, program.options.consumer);
  await engine.session(program, { output, target }).run();
  return printed;
}

test.runIf(process.arch === 'x64')('branchcov: jumps taken and not', async () => {
  const text = await output('branchcov');
  expect(text).toMatch(/^countdown +jcc-[0-9a-f]+ +9 +1$/m);
  expect(text).toMatch(/^1 of 1 jumps went both ways\.$/m);
});

test.runIf(process.arch === 'x64')('instrmix: instructions by class', async () => {
  const text = await output('instrmix');
  expect(text).toMatch(/^3\d instructions$/m);
  for (const line of [
    /^ +jcc \|@+ +10 *$/m,
    /^ +alu \|@+ +10 *$/m,
    /^ +nop \|@+ +1[01] *$/m,
    /^ +ret \|@* +1 *$/m,
  ])
    expect(text).toMatch(line);
});
