import { expect, test } from 'vitest';
import { refusals } from './load.js';

test('the kernel takes a program that reads through the arguments of any tracepoint', async () => {
  const { loaded, refused } = await refusals();
  expect(refused).toEqual([]);
  expect(loaded).toBeGreaterThan(500);
}, 1_200_000);
