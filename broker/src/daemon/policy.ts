/** /etc/dtrace.conf: who may do what. One line is one rule; the first one that is about the client holds. */
import { type ProbePattern, parsePattern } from '@dtrace/core';
import { DEFAULT_LIMITS, type Limits } from '../grant.js';

export interface Subject {
  readonly kind: 'user' | 'group' | 'everyone';
  /** A name or a number; nothing for everyone. */
  readonly name: string;
}

const PRIVILEGES = ['dtrace_user', 'dtrace_proc', 'dtrace_kernel', 'destructive'] as const;
export type Privilege = (typeof PRIVILEGES)[number];

export interface Rule {
  readonly line: number;
  readonly subject: Subject;
  /** None: refused. */
  readonly privileges: ReadonlySet<Privilege>;
  /** Undefined: any that the privileges let him have. */
  readonly probes: readonly ProbePattern[] | undefined;
  readonly limits: Limits;
}

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const UNITS: Readonly<Record<keyof Limits, Readonly<Record<string, number>>>> = {
  sessions: { '': 1 },
  memory: { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 },
  maxprobes: { '': 1 },
  rate: { '': 1 },
  runtime: { '': 1, s: 1, m: 60, h: 3600, d: 86_400 },
  compiletime: { '': 1, s: 1, m: 60 },
  source: { '': 1, k: 2 ** 10, m: 2 ** 20 },
  instructions: { '': 1 },
  turns: { '': 1 },
};

function limit(name: keyof Limits, value: string, fail: (text: string) => never): number {
  const [, digits = '', unit = ''] = /^(\d{1,12})([a-z]?)$/.exec(value) ?? [];
  const factor = UNITS[name][unit];
  const amount = digits === '' || factor === undefined ? 0 : Number(digits) * factor;
  if (amount === 0) {
    const units = Object.keys(UNITS[name]).filter((letter) => letter !== '');
    fail(`${name}=${value}: a number above 0${units.length > 0 ? ` (${units.join(', ')})` : ''} expected`);
  }
  return amount;
}

function patterns(value: string, fail: (text: string) => never): readonly ProbePattern[] {
  return value.split(',').map((text) => {
    try {
      const pattern = parsePattern(text);
      if (typeof pattern !== 'number') return pattern;
    } catch {
      // Said below.
    }
    return fail(`probes=${value}: '${text}' is no probe description`);
  });
}

function subject(words: string[], fail: (text: string) => never): Subject {
  const kind = words.shift();
  if (kind === 'everyone') return { kind, name: '' };
  if (kind !== 'user' && kind !== 'group') return fail(`'${kind}': user, group or everyone expected`);
  return { kind, name: words.shift() ?? fail(`the name of a ${kind} expected`) };
}

function rule(text: string, line: number, fail: (text: string) => never): Rule {
  const words = text.split(/\s+/);
  const about = subject(words, fail);
  const privileges = new Set<Privilege>();
  const limits: Record<keyof Limits, number> = { ...DEFAULT_LIMITS };
  let probes: Rule['probes'];
  for (const word of words) {
    const [key = '', value] = word.split(/=(.*)/s);
    if (PRIVILEGES.includes(key as Privilege) && value === undefined) privileges.add(key as Privilege);
    else if (key === 'probes' && value) probes = patterns(value, fail);
    else if (Object.hasOwn(DEFAULT_LIMITS, key) && value !== undefined)
      limits[key as keyof Limits] = limit(key as keyof Limits, value, fail);
    else if (word !== 'none') fail(`'${word}' is no privilege and no limit`);
  }
  if (words.length === 0 || (words.includes('none') && words.length > 1))
    fail('privileges expected, or none alone');
  return { line, subject: about, privileges, probes, limits };
}

/** Throws a `PolicyError` that names the line: a file that is not understood as a whole grants nothing. */
export function parsePolicy(text: string, name: string): readonly Rule[] {
  return text.split('\n').flatMap((written, i) => {
    const content = written.replace(/#.*/, '').trim();
    const fail = (problem: string): never => {
      throw new PolicyError(`${name}:${i + 1}: ${problem}`);
    };
    return content === '' ? [] : [rule(content, i + 1, fail)];
  });
}

/** Without a file: root may do everything, and nobody else anything. */
export const BUILT_IN: Rule = {
  line: 0,
  subject: { kind: 'user', name: '0' },
  privileges: new Set(PRIVILEGES),
  probes: undefined,
  limits: DEFAULT_LIMITS,
};
