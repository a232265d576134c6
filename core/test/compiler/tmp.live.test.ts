import { readFileSync } from 'node:fs';
import { assemble, disassemble } from 'ebpf-napi/asm';
import { test } from 'vitest';
import { LoadedImage } from '../../src/session/loading.js';
import { engine } from './run-program.js';

test('x', async () => {
  const text = process.env.T ?? readFileSync(process.env.D!, 'utf8');
  for (const script of text.split('%%')) {
    const t0 = performance.now();
    const program = engine.compile(script, {
      options: [
        ['quiet', undefined],
        ['strsize', process.env.STR ?? '256'],
      ],
    });
    const t1 = performance.now();
    for (const p of program.image.programs) {
      const a = assemble(p.instructions);
      console.log(
        script.slice(script.indexOf('BEGIN'), script.indexOf('BEGIN') + 50),
        script.length,
        a.code.length / 8,
        'compile',
        Math.round(t1 - t0),
      );
      if (process.env.DIS) console.log(disassemble(a.code, { references: a.references }).join('\n'));
    }
    try {
      const l = await LoadedImage.load(program.image);
      for (const p of l.programs)
        console.log('verified', (p.program.info() as any).verifiedInstructions ?? p.program.info());
      await l.close();
    } catch (e: any) {
      (await import('node:fs')).writeFileSync('/tmp/vlog.txt', e.log ?? '');
      console.log(e.message, (e.log ?? '').slice(-Number(process.env.LOG ?? 2000)));
    }
  }
});
