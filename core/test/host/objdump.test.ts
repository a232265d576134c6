/** Every instruction of a megabyte of a real library, against another disassembler. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openCodeFile } from '../../src/host/elf/code-file.js';
import { classifyX64 } from '../../src/host/instructions/index.js';

const hasObjdump = spawnSync('objdump', ['--version'], { stdio: 'ignore' }).status === 0;
const LENGTH = 1_000_000;

/** The C library that this very process uses. */
const library = () => /\S+\/libc\.so\.6$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0] ?? '';

interface Line {
  readonly address: number;
  readonly text: string;
}

function disassemble(path: string, from: number): Line[] {
  const range = [`--start-address=${from}`, `--stop-address=${from + LENGTH}`];
  const text = execFileSync('objdump', ['-d', '-w', '--no-show-raw-insn', ...range, path], {
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  return [...text.matchAll(/^ +([0-9a-f]+):\t(.+)$/gm)].map(([, address = '', line = '']) => ({
    address: Number.parseInt(address, 16),
    text: line.replace(/[#<].*$/, '').trim(),
  }));
}

const PREFIXES = /^((rep[nz]*|data16|cs|ds|es|ss|notrack|bnd|rex(\.\w+)?|addr32) +)*/;
const ALU =
  /^(add|sub|adc|sbb|and|or|xor|not|neg|inc|dec|i?mul|i?div|sh[lr]d?|s[ah]r|rol|ror|rc[lr]|bt[src]|bs[fr]|tzcnt|lzcnt|popcnt|andn|bextr|bls\w+|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|cmpxchg\w*|xadd|crc32|bswap|stc|clc|cmc)[bwlq]?$/;
const VECTOR = /%[xyz]?mm\d|%k\d/;
const MOVE =
  /^(mov(?!s[sd]?[bwlq]? )|cmov|set|cltq|cwtl|cqto|cltd|cbtw|cwtd|xlat|[ls]ahf|movabs|movs[bwl][wlq]|movz[bw][wlq])/;

/** What the text of an instruction says of its class; undefined where it says too little. */
function classOf(text: string): string | undefined {
  if (/^lock/.test(text)) return 'lock';
  const bare = text.replace(PREFIXES, '');
  const [name = '', operands = ''] = bare.split(/\s+(.*)/);
  if (/^(nop\w*|endbr64|pause|prefetch\w*|xchg)$/.test(name) && (name !== 'xchg' || operands === '%ax,%ax'))
    return 'nop';
  if (/^(j(?!mp)|loop)/.test(name)) return 'jcc';
  if (/^jmp/.test(name)) return 'jmp';
  if (/^call/.test(name)) return 'call';
  if (/^i?ret/.test(name)) return 'ret';
  if (name === 'syscall') return 'syscall';
  if (/^(ud2|int3)$/.test(name)) return 'trap';
  if (/^(push|enter)/.test(name)) return 'push';
  if (/^(pop[qwf]?|leave)$/.test(name)) return 'pop';
  if (/^lea/.test(name)) return 'lea';
  if (/^f/.test(name)) return name.startsWith('fx') && name !== 'fxch' ? undefined : 'fp';
  if (/^(movs|stos|lods|scas|cmps)[bwlq]?$/.test(name) && /%[de]s:/.test(operands)) return 'string';
  if (VECTOR.test(operands) || /^v[a-z]|^(ld|st)mxcsr/.test(name)) return 'simd';
  if (/^(cmp|test|bt)[bwlq]?$/.test(name)) return 'cmp';
  if (ALU.test(name)) return 'alu';
  const memory = /\(|^(%[a-z]s:)?-?0x[0-9a-f]+$/;
  const [, last = ''] = /([^,()]*(?:\([^)]*\))?)$/.exec(operands) ?? [];
  if (name.startsWith('xchg')) return memory.test(operands) ? 'lock' : 'mov';
  if (!MOVE.test(name)) return undefined;
  if (memory.test(last)) return 'store';
  return /\(|,?%[fg]s:0x|^0x/.test(operands) ? 'load' : 'mov';
}

describe.runIf(hasObjdump && process.arch === 'x64')('as objdump has them', () => {
  test('boundaries and classes', () => {
    const path = library();
    const code = openCodeFile(path)!;
    const start = code.sectionAddress('.text')!;
    const theirs = disassemble(path, start);
    const last = theirs.at(-2)!.address;
    const ours = classifyX64(code.bytes(start, LENGTH), start).filter(({ address }) => address <= last);
    expect(ours.map(({ address }) => address)).toEqual(
      theirs.map(({ address }) => address).filter((address) => address <= last),
    );
    expect(ours.length).toBeGreaterThan(LENGTH / 8);
    const wrong: string[] = [];
    let judged = 0;
    for (const [i, { address, class: kind }] of ours.entries()) {
      const expected = classOf(theirs[i]!.text);
      if (expected === undefined) continue;
      judged++;
      if (kind !== expected)
        wrong.push(`${address.toString(16)} ${theirs[i]!.text}: ${kind}, not ${expected}`);
    }
    expect(wrong).toEqual([]);
    expect(judged / ours.length).toBeGreaterThan(0.98);
  });
});
