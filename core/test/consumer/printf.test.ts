import { describe, expect, it } from 'vitest';
import type { Field } from '../../src/compiler/image.js';
import { consumerOptions } from '../../src/consumer/index.js';
import { compileFormat } from '../../src/consumer/printf/program.js';
import type { Value } from '../../src/consumer/values.js';
import type { HostFiles } from '../../src/host/host.js';
import { networkNames } from '../../src/host/network-names.js';
import { int, string, symbols } from './fixture.js';

const i32 = int(0, 4);
const u32 = int(0, 4, false);
const i64 = int(0, 8);
const u64 = int(0, 8, false);
const text = string(0, 16);
const stack: Field = { kind: 'stack', offset: 0, frames: 4 };

function print(format: string, ...pairs: readonly (readonly [Field, Value])[]): string {
  const printing = { symbols, options: consumerOptions({ target: 42 }) };
  const program = compileFormat(
    format,
    pairs.map(([field]) => field),
    printing,
  );
  return program(pairs.map(([, value]) => value));
}

describe('ports and addresses', () => {
  const named = {
    ...symbols,
    service: (port: number) => (port === 22 ? 'ssh' : undefined),
    host: (address: string) => (address === '::1' ? 'localhost' : undefined),
  };
  const show = (format: string, field: Field, value: Value) =>
    compileFormat(format, [field], { symbols: named, options: consumerOptions() })([value]);

  it.each([
    ['%P', int(0, 2, false), 22, 'ssh'],
    ['%P', int(0, 2), -1, '65535'],
    ['%5P|', int(0, 2, false), 23, '   23|'],
    ['%I', text, '::1', 'localhost'],
    ['%-8I|', text, '1.2.3.4', '1.2.3.4 |'],
  ] as const)('%s of %j', (format, field, value, expected) => {
    expect(show(format, field, value)).toBe(expected);
  });

  it('come from /etc', () => {
    const files: Record<string, string> = {
      '/etc/services': '# x\nssh 22/tcp # shell\nother 22/udp\n',
      '/etc/hosts': '127.0.0.1\tlocalhost me\n',
    };
    const names = networkNames({ readText: (path: string) => files[path] } as HostFiles);
    expect([names.service(22), names.service(23), names.host('127.0.0.1'), names.host('::1')]).toEqual([
      'ssh',
      undefined,
      'localhost',
      undefined,
    ]);
  });
});

describe('integers', () => {
  it.each([
    ['%d', i32, -5, '-5'],
    ['%d', u32, 4294967295, '4294967295'],
    ['%i', i64, -(2n ** 63n), '-9223372036854775808'],
    ['%u', i32, -1, '4294967295'],
    ['%u', i64, -1, '18446744073709551615'],
    ['%u', int(0, 1), -1, '255'],
    ['%x', int(0, 2), -1, 'ffff'],
    ['%X', u32, 0xbeef, 'BEEF'],
    ['%o', u32, 8, '10'],
    ['%#x|', u32, 255, '0xff|'],
    ['%#x', u32, 0, '0'],
    ['%#X', u32, 255, '0XFF'],
    ['%#o', u32, 8, '010'],
    ['%p', u64, 0xffff_ffff_8100_0000n, 'ffffffff81000000'],
    ['%8d|', i32, 12, '      12|'],
    ['%-8d|', i32, 12, '12      |'],
    ['%08d', i32, -12, '-0000012'],
    ['%-08d|', i32, -12, '-12     |'],
    ['%+d', i32, 3, '+3'],
    ['% d', i32, 3, ' 3'],
    ['%+d', u32, 3, '3'],
    ['%.4d', i32, -7, '-0007'],
    ['%08.4d|', i32, 7, '    0007|'],
    ['%?x|', u32, 10, '               a|'],
    ['%hd', int(0, 2, false), 65535, '-1'],
    ['%ld', u64, 2n ** 64n - 1n, '-1'],
    ['%llu', i64, -1, '18446744073709551615'],
    ['%llx', i64, 4096, '1000'],
    ["%'d", i32, 1234567, '1234567'],
    ['100%%', i32, 0, '100%'],
  ] as const)('%s', (format, field, value, expected) => {
    expect(print(format, [field, value])).toBe(expected);
  });

  it('takes widths and precisions from arguments', () => {
    expect(print('%*d|%-*d|', [i32, 5], [i32, 1], [i32, 4], [i32, 2])).toBe('    1|2   |');
    expect(print('%*d|', [i32, -5], [i32, 1])).toBe('1    |');
    expect(print('%*.*s|', [i32, 6], [i32, 3], [text, 'hello'])).toBe('   hel|');
  });
});

describe('text', () => {
  it('pads and cuts strings by bytes; a precision of 0 is none', () => {
    expect(print('%-8s|%8s|', [text, 'abc'], [text, 'abc'])).toBe('abc     |     abc|');
    expect(print('%.2s|%.0s', [text, 'hello'], [text, 'hello'])).toBe('he|hello');
    expect(print('%6s|', [text, 'grün'])).toBe(' grün|');
  });

  it('prints characters and escapes', () => {
    expect(print('%c%c', [i32, 0x61], [int(0, 1), 10])).toBe('a\n');
    expect(print('%C%C', [i32, 10], [i32, 0x7f])).toBe('\\n\\177');
    expect(print('%S', [text, 'a"b\\\t\u0001'])).toBe('a\\"b\\\\\\t\\001');
  });

  it('reads wide and plain characters from bytes', () => {
    const wide = Buffer.from(Uint32Array.from([0x68, 0xe9, 0, 0x78]).buffer);
    expect(print('%ws', [{ kind: 'bytes', offset: 0, size: 16 }, wide])).toBe('hé');
    expect(print('%s', [{ kind: 'bytes', offset: 0, size: 4 }, Buffer.from('ab\0c')])).toBe('ab');
  });
});

describe('addresses and stacks', () => {
  it('names kernel and user addresses', () => {
    expect(print('%a %a', [u64, 0x1000], [u64, 0x1010])).toBe('vmlinux`vfs_read vmlinux`vfs_read+0x10');
    expect(print('%a %a', [u64, 0x2008], [u64, 0x9000])).toBe('ext4`0x2008 0x9000');
    expect(print('%A', [u64, 4])).toBe('libc.so.6`read+0x4');
    const own: Field = { kind: 'user-symbol', offset: 0, display: 'address' };
    expect(print('%A', [own, { kind: 'symbol', display: 'address', address: 8n, tgid: 7 }])).toBe('0x8');
  });

  it('prints one frame a line', () => {
    const value: Value = { kind: 'stack', frames: [0x1004n, 0x9000n] };
    expect(print('%k!', [stack, value])).toBe('\nvmlinux`vfs_read+0x4\n0x9000\n!');
    expect(print('%-3k', [stack, value])).toBe('\n   vmlinux`vfs_read+0x4\n   0x9000\n');
    expect(print('%8k', [stack, value])).toBe('\nvmlinux`vfs_read+0x4\n  0x9000\n');
  });
});

describe('times and floats', () => {
  it('prints local time', () => {
    const at = BigInt(new Date(1990, 7, 9, 12, 34, 56).getTime()) * 1_000_000n + 5n;
    expect(print('%Y', [u64, at])).toBe('1990 Aug  9 12:34:56');
    expect(print('%T', [u64, at])).toMatch(/^Thu, 09 Aug 1990 12:34:56 \S+$/);
  });

  it('prints floating point numbers', () => {
    const half: Value = new Uint8Array(Float64Array.of(0.5).buffer);
    const bytes: Field = { kind: 'bytes', offset: 0, size: 8 };
    expect(print('%f %.2f %e', [bytes, half], [bytes, half], [bytes, half])).toBe(
      '0.500000 0.50 5.000000e-01',
    );
    expect(print('%g %G %08.3f', [bytes, half], [i32, 12345678], [i32, -2])).toBe('0.5 1.23457E+07 -002.000');
  });
});
