/** A program that the verifier refuses: never a script's fault, so one is broken on purpose behind the compiler's back. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadFailureText } from '../../cli/src/load-failure.js';
import { ProgramLoadError } from '../../core/src/index.js';
import { LoadedImage } from '../../core/src/session/loading.js';
import { engine } from '../../core/test/session/live.js';

const script = 'BEGIN\n{\n\ttrace(1);\n\tx = pid + 1;\n\ttrace(x);\n}\n';
/** `r0 = *(u64 *)(r3 + 0)`: r3 holds nothing anybody could read from. */
const BROKEN = { opcode: 0x79, dst: 0, src: 3, offset: 0, imm: 0 } as const;

const folder = mkdtempSync(join(tmpdir(), 'dtrace-test-'));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(): Promise<unknown> {
  const { image } = engine.compile([{ name: 'script.d', text: script }]);
  const broken = image.sources.findIndex(({ line }) => line === 4);
  const programs = image.programs.map((program) => {
    const at = program.instructions.findIndex(({ source }) => source === broken);
    const instructions = program.instructions.map((insn, i) =>
      i === at ? { ...BROKEN, source: broken, ...(insn.label && { label: insn.label }) } : insn,
    );
    return { ...program, instructions };
  });
  return LoadedImage.load({ ...image, programs }).then(
    (loaded) => loaded.close(),
    (error: unknown) => error,
  );
}

describe('a refused program', () => {
  it('is told by its line of D, and the log is kept', async () => {
    const error = await refusal();
    expect(error).toBeInstanceOf(ProgramLoadError);
    const { source, log, message } = error as ProgramLoadError;
    expect(source).toMatchObject({ name: 'script.d', line: 4, text: '\tx = pid + 1;' });
    expect(message).toMatch(/^the kernel refused program dtrace_BEGIN0 at script\.d:4: x = pid \+ 1;: R3 /);
    const text = loadFailureText(error, folder);
    const [file] = readdirSync(folder);
    expect(text).toContain(message);
    expect(text).toContain(join(folder, `${file}`));
    expect(readFileSync(join(folder, `${file}`), 'utf8')).toContain(log);
  });
});
