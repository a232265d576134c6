import { describe, expect, it } from 'vitest';
import { type Letter, tokens, UsageError } from '../src/getopt.js';

const names = {
  letters: new Map<string, Letter>(
    [...'qsfnPxFpZcb3'].map((name) => [name, { value: !'qFZ'.includes(name) }]),
  ),
  long: new Map<string, Letter>([
    ['format', { value: true }],
    ['help', {}],
  ]),
};
/** One word per token: `-x=k=v`, `-q`, `operand`. */
const parse = (...args: string[]) =>
  [...tokens(args, names)].map((token) => {
    if (token.kind === 'operand') return token.value;
    return token.value === undefined ? `-${token.name}` : `-${token.name}=${token.value}`;
  });

describe('getopt', () => {
  it.each([
    ['separate value', ['-s', 'x.d'], ['-s=x.d']],
    ['attached value', ['-sx.d'], ['-s=x.d']],
    ['cluster that ends in a value', ['-qs', 'x.d'], ['-q', '-s=x.d']],
    ['cluster with an attached value', ['-qFsx.d'], ['-q', '-F', '-s=x.d']],
    ['repeats keep their order', ['-n', 'A', '-s', 'f', '-n', 'B'], ['-n=A', '-s=f', '-n=B']],
    ['a value that looks like an option', ['-n', '-foo'], ['-n=-foo']],
    ['equals signs are part of values', ['-xk=v', '-x', 'a=b=c'], ['-x=k=v', '-x=a=b=c']],
    ['-32 is -3 with 2', ['-32'], ['-3=2']],
    ['operands anywhere', ['1', '-q', 'two', '-n', 'A', '3'], ['1', '-q', 'two', '-n=A', '3']],
    ['everything after -- is an operand', ['-q', '--', '-n', 'A'], ['-q', '-n', 'A']],
    ['a dash alone is an operand', ['-'], ['-']],
    ['an empty operand', [''], ['']],
    ['an empty value', ['-n', ''], ['-n=']],
    ['long with equals', ['--format=json'], ['-format=json']],
    ['long with a separate value', ['--format', 'json', '--help'], ['-format=json', '-help']],
  ])('%s', (_, args, expected) => {
    expect(parse(...args)).toEqual(expected);
  });

  it.each([
    [['-y'], "invalid option -- 'y'"],
    [['-qy'], "invalid option -- 'y'"],
    [['-n'], 'option requires an argument -- n'],
    [['-qs'], 'option requires an argument -- s'],
    [['--wrong'], "unrecognized option '--wrong'"],
    [['--help=me'], "option '--help' doesn't allow an argument"],
  ])('%s is a usage error', (args, message) => {
    expect(() => parse(...args)).toThrow(new UsageError(message));
  });
});
