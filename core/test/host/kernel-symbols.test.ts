import { describe, expect, test } from 'vitest';
import { Kallsyms } from '../../src/host/symbols/kernel-symbols.js';

const TEXT = `0000000000000000 A fixed_percpu_data
ffffffff81000000 T _text
ffffffff81000000 T startup_64
ffffffff81000100 t helper
ffffffff81000100 T shown
ffffffff81000100 T __alias
ffffffff81000200 T vfs_read
ffffffffc0001000 t mod_init\t[ext4]
ffffffffc0000800 t early\t[xfs]
ffffffffc0002000 t mod_init\t[xfs]
`;

const symbols = () => new Kallsyms(() => Buffer.from(TEXT));

describe('kallsyms', () => {
  test('finds by whole name, in any module or one', () => {
    expect(symbols().find('vfs_read')).toMatchObject({ address: 0xffffffff81000200n, module: 'vmlinux' });
    expect(symbols().find('vfs')).toBeUndefined();
    expect(symbols().find('mod_init')).toMatchObject({ module: 'ext4' });
    expect(symbols().find('mod_init', 'xfs')).toMatchObject({ address: 0xffffffffc0002000n });
    expect(symbols().find('vfs_read', 'xfs')).toBeUndefined();
    expect(symbols().has('startup_64')).toBe(true);
  });

  test('finds what covers an address, whatever the order of the file', () => {
    const table = symbols();
    expect(table.at(0xffffffff81000203n)).toEqual({ module: 'vmlinux', name: 'vfs_read', offset: 3n });
    expect(table.at(0xffffffffc0000801n)).toEqual({ module: 'xfs', name: 'early', offset: 1n });
    expect(table.at(0xffffffffc0002fffn)).toMatchObject({ module: 'xfs', name: 'mod_init' });
    expect(table.at(0xffffffff80ffffffn)).toBeUndefined();
    expect(table.at(0n)).toBeUndefined();
  });

  test('knows variables, and the room each has', () => {
    const data = `${TEXT}ffffffff82000000 D first\nffffffff82000004 b second\nffffffff82000010 R third\n`;
    const table = new Kallsyms(() => Buffer.from(data));
    expect(['first', 'second', 'third', 'helper'].map((name) => table.find(name)?.variable)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(table.room(0xffffffff82000000n)).toBe(4n);
    expect(table.room(0xffffffff82000004n)).toBe(12n);
    expect(symbols().room(0xffffffffc0002000n)).toBeUndefined();
  });

  test('prefers the global name without underscores', () => {
    expect(symbols().at(0xffffffff81000101n)?.name).toBe('shown');
    expect(symbols().at(0xffffffff81000000n)?.name).toBe('startup_64');
  });

  test('lists everything in order', () => {
    expect([...symbols()].map(({ name }) => name).slice(0, 3)).toEqual([
      'fixed_percpu_data',
      '_text',
      'startup_64',
    ]);
  });

  test('knows when the kernel hides addresses', () => {
    const hidden = new Kallsyms(() => Buffer.from(TEXT.replace(/^[0-9a-f]{16}/gm, '0'.repeat(16))));
    expect(hidden.addresses).toBe(false);
    expect(hidden.find('vfs_read')?.address).toBe(0n);
    expect(hidden.at(0xffffffff81000203n)).toBeUndefined();
    expect(symbols().addresses).toBe(true);
  });
});
