import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.js';
import { flags } from '../src/flags.js';
import { UsageError } from '../src/getopt.js';
import type { OptionArgument } from '../src/invocation.js';
import { CommandError } from '../src/report.js';
import { usage } from '../src/usage.js';

const parse = (...args: string[]) => parseArguments(args, {});
const pair = ({ name, value }: OptionArgument) => [name, value];

describe('arguments', () => {
  it('collects programs in the order of the command line', () => {
    expect(
      parse('-n', 'A', '-s', 'x.d', '-P', 'syscall', '-f', 'read', '-m', 'vmlinux', '-i', '7').programs,
    ).toEqual([
      { kind: 'text', specifier: 'name', text: 'A' },
      { kind: 'script', path: 'x.d' },
      { kind: 'text', specifier: 'provider', text: 'syscall' },
      { kind: 'text', specifier: 'function', text: 'read' },
      { kind: 'text', specifier: 'module', text: 'vmlinux' },
      { kind: 'text', specifier: 'name', text: '7' },
    ]);
  });

  it('turns short flags into options, in order', () => {
    expect(
      parse(
        '-b',
        '4m',
        '-x',
        'strsize=1k',
        '-qwFZC',
        '-DX=1',
        '-UY',
        '-I/inc',
        '-x',
        'aggsortrev',
      ).options.map(pair),
    ).toEqual([
      ['bufsize', '4m'],
      ['strsize', '1k'],
      ['quiet', undefined],
      ['destructive', undefined],
      ['flowindent', undefined],
      ['zdefs', undefined],
      ['cpp', undefined],
      ['define', 'X=1'],
      ['undef', 'Y'],
      ['incdir', '/inc'],
      ['aggsortrev', undefined],
    ]);
  });

  it('lets the environment preset options', () => {
    const environment = { DTRACE_OPT_BUFSIZE: '8m', DTRACE_OPT_QUIET: '', OTHER: 'x' };
    expect(parseArguments(['-b', '1m'], environment).options.map(pair)).toEqual([
      ['bufsize', '8m'],
      ['quiet', undefined],
      ['bufsize', '1m'],
    ]);
  });

  it('takes commands, pids, an output file and operands', () => {
    const parsed = parse('-c', 'ls -l', '-p', '12', '-p34', '-o', 'out', 'one', '-e', '2');
    expect(parsed).toMatchObject({
      commands: ['ls -l'],
      pids: [12, 34],
      outputFile: 'out',
      operands: ['one', '2'],
    });
    expect(parsed.compileOnly).toBe(true);
  });

  it.each(['0', '-1', '1.5', 'me', '', '99999999999'])('refuses %j as a pid', (pid) => {
    expect(() => parse('-p', pid)).toThrow(new CommandError(`invalid pid: ${pid}`));
  });

  it.each(['-a', '-A', '-B'])('refuses %s with a reason', (flag) => {
    expect(() => parse(flag)).toThrow(CommandError);
  });

  it('makes a header or an object', () => {
    expect(parse('-h', '-s', 'p.d')).toMatchObject({ mode: 'header', outputFile: undefined });
    expect(parse('-G', '-32', '-s', 'p.d', 'a.o', '-o', 'p.o', 'b.o')).toMatchObject({
      mode: 'object',
      dataModel: 32,
      operands: ['a.o', 'b.o'],
      outputFile: 'p.o',
    });
    expect(() => parse('-h', '-G')).toThrow(UsageError);
  });

  it('accepts -64', () => {
    expect(parse('-64', '-l').mode).toBe('list');
  });

  it.each([['-31'], ['-68'], ['-l', '-V'], ['-y'], []])('%s %s is a usage error', (...args) => {
    expect(() => parse(...args.filter((arg) => arg !== undefined))).toThrow(UsageError);
  });

  it('knows every letter of the Solaris and Oracle commands', () => {
    expect([...flags.keys()].join('')).toBe('36aAbBcCDefFGhHiIlLmnopPqsSUvVwxXZ');
    for (const [name, flag] of flags)
      expect(usage()).toContain(`-${name}${/\d/.test(name) ? flag.value : ''} `);
  });
});
