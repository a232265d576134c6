import { test } from 'vitest';
import { compileText } from './compile-text.js';
test('x', () => {
  const script = Array.from({ length: 100 }, (_, i) => `BEGIN\n/pid == ${i} && execname == "a${i}"/\n{\n\tself->t${i % 9} = timestamp;\n\t@a[execname, "x${i}"] = quantize(timestamp - self->t${i % 9});\n\tprintf("%d %s", pid, execname);\n}`).join('\n');
  for (let k = 0; k < 4; k++) { const t = performance.now(); const image = compileText(script); console.log(script.split('\n').length, 'lines', image.programs[0]!.instructions.length, 'insns', Math.round(performance.now() - t), 'ms'); }
});
