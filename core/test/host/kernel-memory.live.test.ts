import { describe, expect, test } from 'vitest';
import { classifyX64 } from '../../src/host/instructions/index.js';
import { LocalHost } from '../../src/index.js';

const host = new LocalHost();

describe.runIf(process.arch === 'x64' && host.kernelSymbols.addresses)("the kernel's memory", () => {
  test('its code, as it is executed', () => {
    const address = host.kernelSymbols.find('vfs_read')!.address;
    const length = Number(host.kernelSymbols.room(address)!);
    const [code] = host.kernelMemory([{ address, length }]);
    const found = classifyX64(code!, 0);
    expect(found.every((instruction) => instruction.class !== undefined)).toBe(true);
    const classes = new Set(found.map((instruction) => instruction.class));
    for (const kind of ['jcc', 'call', 'push', 'load']) expect(classes).toContain(kind);
  });

  test('more than fits into one piece; nothing where there is nothing', () => {
    const address = host.kernelSymbols.find('_stext')!.address;
    const [long, none, short] = host.kernelMemory([
      { address, length: 200_000 },
      { address: 0xffff_0000_0000_0000n, length: 8 },
      { address: address + 100_000n, length: 64 },
    ]);
    expect(none).toBeUndefined();
    expect(short).toEqual(long!.subarray(100_000, 100_064));
  });
});
