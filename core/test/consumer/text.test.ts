import { describe, expect, it } from 'vitest';
import type { ActionRecord, Field } from '../../src/compiler/image.js';
import { dropText } from '../../src/consumer/messages.js';
import { Fault } from '../../src/language/faults.js';
import { image, int, Run, recordBytes, string, words } from './fixture.js';

const at = 16;
const action = (
  name: string,
  fields: readonly Field[] = [],
  more: Partial<ActionRecord> = {},
): ActionRecord => ({
  action: name,
  fields,
  ...more,
});

const header = 'CPU     ID                    FUNCTION:NAME\n';
const begin = '  0      1                           :BEGIN ';

describe('columns', () => {
  it('prints the heading once and a line per record', () => {
    const run = new Run(image([[action('default')]]));
    run.record(1, 1).record(1, 7, undefined, 13);
    expect(run.finish()).toBe(`${header}${begin}\n 13      7                       read:entry \n\n`);
  });

  it('leaves out CPU and id on demand', () => {
    const run = new Run(image([[]]), { noCpuId: true });
    expect(run.record(1, 1).text).toBe(`${'FUNCTION:NAME'.padStart(32)}\n${':BEGIN'.padStart(32)} \n`);
  });

  it('prints nothing of its own when quiet', () => {
    const run = new Run(image([[action('printf', [int(at)], { format: 'n=%d\n' })]]), { quiet: true });
    expect(run.record(1, 1, words(7)).text).toBe('n=7\n');
  });

  it('indents flow', () => {
    const run = new Run(image([[action('default')], [action('default')]]), { flowindent: true });
    run.record(1, 7).record(2, 7).record(1, 9).record(1, 1).record(1, 10).record(1, 8);
    const lines = [
      ' => read',
      '  | read:entry',
      '   -> vfs_read',
      '    | :BEGIN',
      '   <- vfs_read',
      ' <= read',
    ].map((line) => `  0 ${line.padEnd(41)} \n`);
    expect(run.text).toBe(`CPU ${'FUNCTION'.padEnd(41)}\n${lines.join('')}`);
  });
});

describe('trace', () => {
  const traced = (field: Field, body: Uint8Array, quiet = false, rawbytes = false): string => {
    const run = new Run(image([[action('trace', [field])]]), { quiet, rawbytes });
    return run.record(1, 1, body).text.replace(`${header}${begin}`, '');
  };

  it.each([
    [int(at, 1), -1, '  -1\n', '-1'],
    [int(at, 2, false), 65535, ' 65535\n', '65535'],
    [int(at, 4), -2, '         -2\n', '-2'],
    [int(at, 4, false), 3, '          3\n', '3'],
    [int(at, 8), -5, `${' '.repeat(18)}-5\n`, '-5'],
    [int(at, 8, false), -1, ' 18446744073709551615\n', '18446744073709551615'],
  ] as const)('integers in columns by type', (field, value, columns, quiet) => {
    expect(traced(field, words(value))).toBe(columns);
    expect(traced(field, words(value), true)).toBe(quiet);
  });

  it('prints strings, bytes and raw bytes', () => {
    expect(traced(string(at, 8), Buffer.from('abc\0xyz\0'))).toBe(`  ${'abc'.padEnd(33)}\n`);
    const rows = traced({ kind: 'bytes', offset: at, size: 17 }, Buffer.from('0123456789abcde\x01z'), true);
    expect(rows.split('\n')).toEqual([
      '',
      `${' '.repeat(13)}0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f  0123456789abcdef`,
      '         0: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 01  0123456789abcde.',
      `        10: 7a${' '.repeat(47)}z`,
      '',
    ]);
    expect(traced(int(at, 2), words(0x4142), true, true)).toContain('0: 42 41 ');
  });

  it('prints stacks indented and symbols in a column', () => {
    const run = new Run(image([[action('stack', [{ kind: 'stack', offset: at, frames: 3 }])]]), {
      quiet: true,
    });
    run.record(1, 1, words(2, 0x1004, 0x2000, 0));
    expect(run.text).toBe(`\n${' '.repeat(14)}vmlinux\`vfs_read+0x4\n${' '.repeat(14)}ext4\`0x2000\n`);
    const display: Field = { kind: 'integer', offset: at, size: 8, signed: false, display: 'symbol' };
    expect(traced(display, words(0x1010))).toBe(`  ${'vmlinux`vfs_read'.padEnd(50)}\n`);
    const user: Field = { kind: 'user-symbol', offset: at, display: 'module' };
    expect(traced(user, words(42, 4))).toBe(`  ${'libc.so.6'.padEnd(50)}\n`);
  });

  it('cuts tracemem to its third argument', () => {
    const fields: Field[] = [{ kind: 'bytes', offset: at, size: 8 }, int(at + 8, 8)];
    const run = new Run(image([[action('tracemem', fields)]]), { quiet: true });
    run.record(1, 1, words(0x4142, 2));
    expect(run.text).toContain(`0: 42 41${' '.repeat(44)}BA\n`);
  });
});

describe('values', () => {
  it('reads long strings, probe names and wide integers', () => {
    const fields: Field[] = [
      { kind: 'long-string', offset: at },
      { kind: 'probe', part: 'function', offset: 0 },
      int(at + 8, 8, false),
    ];
    const run = new Run(image([[action('printf', fields, { format: '%s %s %d' })]]), { quiet: true });
    const body = Buffer.alloc(24);
    body.writeUInt32LE(32, 0);
    body.writeUInt32LE(6, 4);
    body.writeBigUInt64LE(2n ** 53n + 1n, 8);
    body.write('grüß', 16);
    expect(run.record(1, 9, body).text).toBe('grüß vfs_read 9007199254740993');
  });
});

describe('actions of the consumer', () => {
  it('keeps the exit status', () => {
    const run = new Run(image([[action('exit', [int(at)])]]), { quiet: true });
    run.record(1, 1, words(3));
    expect(run.consumer.exitStatus).toBe(3);
    expect(run.text).toBe('');
  });

  it('runs commands after what was printed before them', () => {
    const format = 'echo %d';
    const run = new Run(image([[action('system', [int(at)], { format })]]), { quiet: true });
    expect(run.record(1, 1, words(5)).commands).toEqual(['echo 5']);
  });

  it('redirects and restores output', () => {
    const run = new Run(image([[action('freopen', [string(at, 16)], { format: '%s' })]]), { quiet: true });
    run.record(1, 1, Buffer.from('/tmp/x\0')).record(1, 1, Buffer.from('\0'));
    run.record(1, 1, Buffer.from('/forbidden\0'));
    expect(run.reopened).toEqual(['/tmp/x', undefined]);
    expect(run.complaints).toEqual([
      'dtrace: error in dt_clause_0 for probe ID 1 (dtrace:::BEGIN): couldn\'t freopen() "/forbidden": Permission denied',
    ]);
  });

  it('sets options and says which it cannot', () => {
    const run = new Run(
      image([
        [action('setopt', [], { constants: ['quiet'] })],
        [action('setopt', [], { constants: ['colour', 'red'] })],
        [action('default')],
      ]),
    );
    run.record(3, 1).record(1, 1).record(2, 1).record(3, 1);
    expect(run.text).toBe(`${header}${begin}\n${begin}`);
    expect(run.complaints[0]).toMatch(/couldn't set option "colour" to "red": Invalid option name\n$/);
  });
});

describe('drops and faults', () => {
  it('counts drops', () => {
    const run = new Run(image([]));
    run.consumer.drop({ kind: 'principal', count: 12, cpu: 0 });
    run.consumer.drop({ kind: 'aggregation', count: 1, cpu: 1 });
    run.consumer.drop({ kind: 'dynamic', count: 3 });
    run.consumer.drop({ kind: 'dynamic', count: 0 });
    expect(run.complaints).toEqual([
      'dtrace: 12 drops on CPU 0',
      'dtrace: 1 aggregation drop on CPU 1',
      'dtrace: 3 dynamic variable drops',
    ]);
  });

  it('tells their tags when asked to', () => {
    expect(dropText({ kind: 'principal', count: 1, cpu: 2 }, true)).toBe(
      '[DTRACEDROP_PRINCIPAL] 1 drop on CPU 2',
    );
    expect(dropText({ kind: 'speculation', count: 2 }, true)).toBe('[DTRACEDROP_SPEC] 2 speculative drops');
  });

  it.each([
    [Fault.badAddress, 16n, 'invalid address (0x10) at BPF pc 12'],
    [Fault.badAddress, -1n, 'invalid address at BPF pc 12'],
    [Fault.divideByZero, 0n, 'divide-by-zero at BPF pc 12'],
    [Fault.badIndex, -3n, 'index out of bounds (-3) at BPF pc 12'],
  ])('words faults', (kind, address, text) => {
    const body = Buffer.alloc(24);
    for (const [index, value] of [2, 1, 12, kind].entries()) body.writeUInt32LE(value, 4 * index);
    body.writeBigInt64LE(address, 16);
    const run = new Run(image([[], []]));
    run.record(0, 1, body);
    expect(run.complaints).toEqual([`dtrace: error in dt_clause_1 for probe ID 1 (dtrace:::BEGIN): ${text}`]);
  });

  it('can name the enabling instead of the clause', () => {
    const run = new Run(image([[], []]), { faults: 'enabling' });
    run.record(0, 1, Buffer.from(Uint32Array.from([2, 1, 12, 1, 0, 0]).buffer));
    expect(run.complaints).toEqual([
      'dtrace: error on enabled probe ID 2 (ID 1: dtrace:::BEGIN): invalid address (0x0) in action #1 at BPF pc 12',
    ]);
  });

  it('passes over what is no record', () => {
    const run = new Run(image([[]]), { quiet: true });
    run.record(9, 1).record(0, 1);
    const bytes = recordBytes(1, 99, new Uint8Array(0));
    run.consumer.record(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 0);
    expect(run.text).toBe('');
  });
});
