import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { LoadedImage } from '../../src/session/loading.js';
import { engine } from './run-program.js';

test('x', async () => {
  for (const script of readFileSync(process.env.D!, 'utf8').split('%%')) {
    const program = engine.compile(script, {
      options: [
        ['quiet', undefined],
        ['strsize', process.env.STR ?? '255'],
      ],
    });
    const n = program.image.programs[0]!.instructions.length;
    try {
      const l = await LoadedImage.load(program.image);
      console.log('RES', n, (l.programs[0]!.program.info() as any).verifiedInstructions);
      await l.close();
    } catch (e: any) {
      console.log('RES', n, e.message.slice(-60));
    }
  }
}, 300000);
