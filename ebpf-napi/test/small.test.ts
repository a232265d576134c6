import { describe, expect, test } from 'vitest';
import { Attr } from '../src/bpf.js';
import { objectName, onlineCpus, parseCpuList, possibleCpus } from '../src/index.js';
import { runAsync, runSync, type Steps } from '../src/syscall.js';

describe('small parts', () => {
  test('CPU lists', () => {
    expect(parseCpuList('0-3,8,10-11\n')).toEqual([0, 1, 2, 3, 8, 10, 11]);
    expect(parseCpuList('0\n')).toEqual([0]);
    expect(parseCpuList('\n')).toEqual([]);
    expect(possibleCpus()).toBeGreaterThanOrEqual(onlineCpus().length);
  });

  test('object names', () => {
    expect(objectName('syscall::read:entry-1')).toBe('syscall__read_e');
  });

  test('attributes', () => {
    const target = new Uint8Array(4);
    const attr = new Attr(24).u32(0, 0xffff_ffff).u64(8, -1n).pointer(16, target).pointer(16, undefined);
    expect(attr.getU32(0)).toBe(0xffff_ffff);
    expect(attr.getU64(8)).toBe(0xffff_ffff_ffff_ffffn);
    expect(attr.pointers).toEqual([16, target]);
    expect(() => attr.u32(22, 1)).toThrow(RangeError);
  });

  test('steps give the same blocking or not', async () => {
    function* badCloses(): Steps<number[]> {
      return [yield { name: 'close', args: [-1] }, yield { name: 'close', args: [-1] }];
    }
    expect(runSync(badCloses())).toEqual([-9, -9]);
    expect(await runAsync(badCloses())).toEqual([-9, -9]);
  });
});
