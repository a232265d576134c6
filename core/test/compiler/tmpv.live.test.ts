import { test } from 'vitest';
import { assemble, disassemble } from 'ebpf-napi/asm';
import { engine } from './run-program.js';
test('x', async () => {
  for (const script of process.env.T!.split('%%')) {
    const program = engine.compile(script, { options: [['quiet', undefined]] });
    for (const p of program.image.programs) {
    const a = assemble(p.instructions);
    console.log('RES', a.code.length / 8, script); console.log(disassemble(a.code, { references: a.references }).join('\n'));
    }
  }
}, 300000);
