import { describe, expect, test } from 'vitest';
import { parseRate, parseSize } from '../../src/language/option-values.js';
import { OptionError, runOptions } from '../../src/session/run-options.js';

describe('values', () => {
  test.each([
    ['10', 100_000_000n],
    ['10hz', 100_000_000n],
    ['0hz', 0n],
    ['5ms', 5_000_000n],
    ['2SEC', 2_000_000_000n],
    ['1m', 60_000_000_000n],
    ['x', undefined],
    ['5furlongs', undefined],
  ])('rate %s', (text, value) => expect(parseRate(text)).toBe(value));

  test.each([
    ['512', 512],
    ['4k', 4096],
    ['4KB', 4096],
    ['1m', 2 ** 20],
    ['0x10', 16],
    ['1g', 2 ** 30],
    ['-1', undefined],
    ['1b', undefined],
    ['k', undefined],
  ])('size %s', (text, value) => expect(parseSize(text)).toBe(value));
});

describe('settings', () => {
  test('have defaults', () => {
    expect(runOptions([])).toMatchObject({
      compile: { strsize: 257, stackframes: 20 },
      switchrate: 100_000_000n,
      destructive: false,
      consumer: { quiet: false },
    });
  });

  test('of later ones win', () => {
    const options = runOptions([
      ['strsize', '64'],
      ['quiet', undefined],
      ['strsize', '1k'],
      ['switchrate', '10ms'],
      ['aggsortrev', '1'],
    ]);
    expect(options.compile.strsize).toBe(1025);
    expect(options.switchrate).toBe(10_000_000n);
    expect(options.consumer).toMatchObject({ quiet: true, aggsortrev: true });
  });

  test('of no option, or with no such value, are errors', () => {
    expect(() => runOptions([['nope', undefined]])).toThrow(OptionError);
    const invalid = 'Invalid value for specified option';
    expect(() => runOptions([['strsize', 'many']])).toThrow(`strsize=many: ${invalid}`);
    expect(() => runOptions([['strsize', undefined]])).toThrow(`strsize: ${invalid}`);
    expect(() => runOptions([['strsize', '1']])).toThrow(invalid);
    expect(() => runOptions([['iregs', '9']])).toThrow(invalid);
    expect(() => runOptions([['quiet', 'um, no']])).toThrow(invalid);
    expect(() => runOptions([['version', '99.1']])).toThrow('Requested version is not supported');
  });

  test('that mean nothing here are errors that say why', () => {
    expect(() => runOptions([['grabanon', undefined]])).toThrow('anonymous tracing');
  });

  test('of frames stay below maxframes; exit() is looked for at the slower of the rates that are set', () => {
    expect(runOptions([]).exitrate).toBeUndefined();
    expect(runOptions([['maxframes', '25']]).compile).toMatchObject({ stackframes: 25, ustackframes: 25 });
    const rates = runOptions([
      ['switchrate', '1s'],
      ['statusrate', '5s'],
    ]);
    expect(rates.exitrate).toBe(5_000_000_000n);
    expect(rates.aggrate).toBeUndefined();
  });
});
