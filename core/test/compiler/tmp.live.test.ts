import { test } from 'vitest';
import { evaluateAll, runProgram } from './evaluate.js';

test('x', async () => {
  console.log(
    await evaluateAll(['1+2', '-5/2', '(char)200', 'strjoin("a","b")', '1/x', '(uint32_t)-1'], 'x = 0;'),
  );
  const t = performance.now();
  for (let i = 0; i < 20; i++)
    await evaluateAll(['1+2', '-5/2', '(char)200', 'strjoin("a","b")', '1/x'], 'x = 0;');
  console.log((performance.now() - t) / 20);
  const r = await runProgram('BEGIN { @a[1,"x"] = sum(4); @ = count(); @q = quantize(5); }');
  console.log(JSON.stringify([...r.aggregations.values()], 'x = 0;'));
});
