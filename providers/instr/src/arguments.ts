/** How scripts see an instruction, in D over its site's args[]. */
import type { ProbeArguments } from '@dtrace/core/provider';
import { FACTS, LAYOUT, STATE, Use } from './facts.js';

/** Words of `struct pt_regs` on x86-64. */
const REGISTERS = 21;
const RCX = 11;
export const RIP = 16;
const FLAGS = 18;

const register = (word: number): string => `args[${1 + word}]`;
const fact = (name: (typeof FACTS)[number]): string => `args[${1 + REGISTERS + FACTS.indexOf(name)}]`;
/** The register whose number a fact is. */
const registerOf = (name: 'base' | 'index'): string =>
  `args[${1 + REGISTERS + FACTS.length + FACTS.indexOf(name)}]`;

function field(name: keyof typeof LAYOUT): string {
  const [start, bits] = LAYOUT[name];
  return `((${fact('layout')} >> ${start}) & ${(1 << bits) - 1})`;
}

/** Where the processor keeps each flag, by the bit of a state that it is to become. */
const FLAG_BITS = [
  [STATE.carry, 0],
  [STATE.parity, 2],
  [STATE.zero, 6],
  [STATE.sign, 7],
  [STATE.overflow, 11],
] as const;

const flags = FLAG_BITS.map(
  ([bit, from]) => `((${register(FLAGS)} >> ${from - Math.log2(bit)}) & ${bit})`,
).join(' | ');
const counter = `(((${register(RCX)} - ${field('countsDown')}) << ${field('narrowCounter')}) == 0 ? ${STATE.counter} : 0)`;
const TAKEN = `((${fact('taken')} >> (${flags} | ${counter})) & 1)`;

const sum = `${registerOf('base')} + (${registerOf('index')} << ${field('shift')}) + ${fact('displacement')}`;
const offset = `(((${sum}) << ${field('narrow')}) >> ${field('narrow')})`;
/** Memory that is a thread's own. The kernel's own segments are one for each CPU, and an offset in them says more. */
const SEGMENT = `(${field('segment')} == 0 ? 0 : ${field('segment')} == 1 ? curthread->thread.fsbase : curthread->thread.gsbase)`;

function describe(address: string, effective: string, pointer: (text: string) => string): ProbeArguments {
  const target = `(${field('use')} == ${Use.target} ? ${effective} : ${field('use')} == ${Use.pointer} ? ${pointer(effective)} : 0)`;
  const memory = `(${field('use')} == ${Use.target} ? 0 : ${effective})`;
  const args = [
    { type: 'uintptr_t', value: address },
    { type: 'int', value: TAKEN },
    { type: 'uintptr_t', value: target },
    { type: 'uintptr_t', value: memory },
    { type: 'uint32_t', value: field('size') },
    { type: 'uint32_t', value: field('length') },
  ];
  return { args, raw: args.map(({ value }) => value) };
}

/** What each of args[] is, for who lists probes. */
export const ARGUMENT_NAMES = [
  'address of the instruction',
  'whether the branch is taken',
  'where the branch leads when it is taken',
  'address of the memory that is used',
  'bytes of that memory',
  'bytes of the instruction',
] as const;

export const USER_ARGUMENTS = describe(
  register(RIP),
  `(${offset} + ${SEGMENT})`,
  (text) => `*(userland uint64_t *)(${text})`,
);

/** A kprobe's rip is not the instruction's address: that is one of its facts. */
export const KERNEL_ARGUMENTS = describe(fact('address'), offset, (text) => `*(uint64_t *)(${text})`);
