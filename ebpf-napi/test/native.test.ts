import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { addon, addonPath } from '../src/addon.js';
import { Poller } from '../src/poller.js';
import { closeFd } from '../src/syscall.js';

const pipe = (): [number, number] => {
  const ends = new Int32Array(2);
  expect(addon().call(addon().numbers.pipe2, [ends, 0])).toBe(0);
  return [ends[0]!, ends[1]!];
};

describe('the addon', () => {
  test('refuses arguments it cannot pass on', () => {
    const { call } = addon();
    const bad = (...args: unknown[]) =>
      expect(() => (call as (...a: unknown[]) => number)(...args)).toThrow(TypeError);
    bad();
    bad(3);
    bad('3', []);
    bad(3, [{}]);
    bad(3, ['x']);
    bad(3, [1, 2, 3, 4, 5, 6, 7]);
    bad(3, [-1, new Uint8Array(8)], [1, new Uint8Array(1)]); // does not fit behind offset 1
    bad(3, [-1], [0, new Uint8Array(1)]);
    bad(3, [-1, new Uint8Array(8)], ['0', new Uint8Array(1)]);
    bad(3, [-1, new Uint8Array(8)], [0, [1]]);
  });

  test('shared memory is gone when it is unmapped', () => {
    const memory = addon().map(-1, 0, 4096, true) as ArrayBuffer;
    const bytes = new Uint8Array(memory);
    bytes[4095] = 7;
    expect(bytes[4095]).toBe(7);
    addon().unmap(memory);
    expect(bytes.length).toBe(0);
    addon().unmap(memory);
    expect(addon().map(-1, 0, 0, true)).toBe(-22);
  });

  test('a watched descriptor calls back', async () => {
    const [readEnd, writeEnd] = pipe();
    const called = await new Promise<boolean>((resolve) => {
      const poller = new Poller(readEnd, 'a pipe', () => {
        poller.close();
        poller.close();
        resolve(true);
      });
      addon().call(addon().numbers.close, [writeEnd]);
    });
    expect(called).toBe(true);
    closeFd(readEnd);
    expect(() => new Poller(-1, 'nothing', () => {})).toThrow(/watch nothing/);
  });

  test('a worker may end with a watch open', async () => {
    const path = JSON.stringify(addonPath());
    const code = `const m = { exports: {} }; process.dlopen(m, ${path});
      const ends = new Int32Array(2); m.exports.call(m.exports.numbers.pipe2, [ends, 0]);
      m.exports.pollOpen(ends[0], () => {}); process.exit(7);`;
    const status = await new Promise((resolve) => new Worker(code, { eval: true }).on('exit', resolve));
    expect(status).toBe(7);
  });
});
