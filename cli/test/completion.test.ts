import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../src/completion.js';
import { flags, longFlags } from '../src/flags.js';
import { manPage } from '../src/man.js';

const names = [
  ...[...flags].map(([letter, { value }]) => (/\d/.test(letter) ? `-${letter}${value}` : `-${letter}`)),
  ...[...longFlags.keys()].map((name) => `--${name}`),
];
const usable = names.filter((name) => !/^-[aAB]$/.test(name));

const PRELUDE =
  'compopt() { :; }; dtrace() { printf "ID P M F N\\n1 syscall vmlinux read entry\\n2 io start\\n"; }';

/** What bash offers for a line that is written so far. */
function complete(line: string): string[] {
  const script = `${PRELUDE}\n${completionScript('bash')}\nCOMP_LINE=$1 COMP_POINT=\${#1}; _dtrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', line], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

describe('completion', () => {
  it('offers every flag that can be used', () => {
    expect(complete('dtrace -').sort()).toEqual([...usable].sort());
  });

  it('offers probes by their parts, and formats', () => {
    expect(complete('dtrace -P sys')).toEqual(['syscall']);
    expect(complete('dtrace -q -f re')).toEqual(['read']);
    expect(complete('dtrace -n sy')).toEqual(['syscall:']);
    // A colon ends a word: only what comes after it is given back.
    expect(complete('dtrace -n syscall::re')).toEqual(['read:entry']);
    expect(complete('dtrace -n io:::st')).toEqual(['start']);
    expect(complete('dtrace --format h')).toEqual(['heatmap']);
  });

  it('describes every flag to zsh', () => {
    const script = completionScript('zsh');
    for (const name of usable) expect(script).toContain(`'*${name}[`);
  });

  it('describes every flag to fish', () => {
    const lines = completionScript('fish').split('\n');
    const option = (name: string) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-[so] ${name.slice(1)}`;
    for (const name of usable)
      expect(
        lines.filter((line) => new RegExp(`^complete -c dtrace ${option(name)} -d '`).test(line)),
      ).toHaveLength(1);
  });

  it('knows no other shell', () => {
    expect(() => completionScript('tcsh')).toThrow("no completion for 'tcsh': bash, zsh or fish");
  });
});

describe('manual page', () => {
  it('has every flag with what the usage text says of it', () => {
    const page = manPage().replaceAll('\\-', '-');
    for (const name of names) expect(page).toContain(`\\fB${name}\\fP`);
    for (const { help } of [...flags.values(), ...longFlags.values()]) expect(page).toContain(`\n${help}\n`);
  });
});
