import { describe, expect, test } from 'vitest';
import { createDTraceProvider, DTraceProvider } from '../src/index.js';
import { argumentType } from '../src/types.js';

describe('types of arguments', () => {
  test.each([
    ['int', -7.9, -7n],
    ['int', 'nothing', 0n],
    ['int8', undefined, 0n],
    ['char *', 12, '12'],
    ['char*', 'x', 'x'],
    ['json', { a: [1] }, '{"a":[1]}'],
    ['json', undefined, 'undefined'],
  ])('%s of %s', (type, value, expected) => {
    expect(argumentType(type).value(value)).toBe(expected);
  });

  test('64 bits may be a bigint', () => {
    expect(argumentType('uint64').value(2n ** 64n - 1n)).toBe(2n ** 64n - 1n);
  });

  test('JSON of what is no JSON says so', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(argumentType('json').value(circular)).toContain('error');
  });
});

describe('a provider', () => {
  test('fires nothing that is not enabled', () => {
    const provider = createDTraceProvider('quiet');
    expect(provider).toBeInstanceOf(DTraceProvider);
    const probe = provider.addProbe('one', 'int');
    expect(provider.one).toBe(probe);
    let made = 0;
    expect(probe.fire(() => [++made])).toBeUndefined();
    expect(provider.fire('one', () => [++made])).toBeUndefined();
    expect(provider.fire('two', () => [++made])).toBeUndefined();
    expect([made, probe.enabled]).toEqual([0, false]);
    expect(provider.removeProbe(probe)).toBe(true);
    expect(provider.one).toBeUndefined();
    expect(provider.removeProbe('one')).toBe(false);
  });

  test.each(['', '9lives', 'digits9', 'two words', 'a-b'])('is not called %j', (name) => {
    expect(() => createDTraceProvider(name)).toThrow(TypeError);
  });

  test('says which arguments there cannot be', () => {
    const provider = createDTraceProvider('strict');
    expect(() => provider.addProbe('p', 'struct x')).toThrow('struct x is no type');
    expect(() => provider.addProbe('p', ...Array.from({ length: 33 }, () => 'int'))).toThrow(RangeError);
  });
});
