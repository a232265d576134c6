import { expect, it } from 'vitest';
import type { Fact } from '../../src/host/kernel-facts.js';
import { Kallsyms } from '../../src/host/symbols/kernel-symbols.js';
import { rememberedSymbols } from '../../src/host/symbols/remembered-symbols.js';

const TEXT = `ffffffff81000000 T vfs_read
ffffffff82000000 D jiffies
ffffffffc0000000 t ext4_read\t[ext4]
`;

it('finds the kernel’s symbols without reading them again, those of modules by reading', () => {
  let reads = 0;
  const facts = new Map<string, Fact>();
  const memory = (boot: string) => ({
    boot,
    remember<T extends Fact>(name: string, find: () => T): T {
      if (!facts.has(name)) facts.set(name, find());
      return facts.get(name) as T;
    },
  });
  const start = (boot: string) =>
    rememberedSymbols(
      new Kallsyms(() => {
        reads++;
        return Buffer.from(TEXT);
      }),
      memory(boot),
    );
  const first = start('a');
  const function_ = { name: 'vfs_read', module: 'vmlinux', variable: false, address: 0xffffffff81000000n };
  expect(first.find('vfs_read')).toMatchObject(function_);
  expect(first.find('jiffies', 'vmlinux')).toMatchObject({ variable: true, address: 0xffffffff82000000n });
  expect(reads).toBe(1);
  const second = start('a');
  expect(second.find('vfs_read', 'vmlinux')).toMatchObject(function_);
  expect(second.find('jiffies')?.variable).toBe(true);
  expect(reads).toBe(1);
  expect(second.find('ext4_read')?.module).toBe('ext4');
  expect(second.find('vfs_read', 'ext4')).toBeUndefined();
  expect(reads).toBe(2);
  expect(start('b').find('vfs_read')).toMatchObject(function_);
  expect(reads).toBe(3);
});
