import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { type CompileError, SiteError } from '../../../core/src/index.js';
import { build, engine, start, traced, tracedCommand } from '../../../core/test/session/programs.js';

const onX64 = process.arch === 'x64';

/** Lines of words, in any order. */
const rows = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).join(' '))
    .sort();

const CONDITIONS = 'o no b ae e ne be a s ns p np l ge le g'.split(' ');
const COUNTERS = 'jrcxz jecxz loop loope loopne'.split(' ');

/** Every condition on many pairs of numbers; what the processor says of each is counted by the program itself. */
const ALL_CONDITIONS = `
static long taken[21];
#define CHECK(i, cc) asm volatile("cmp %2, %1\\n\\tset" cc " %b0\\n\\tj" cc " 1f\\n\\tnop\\n1:" : "=&q"(r) : "r"(a), "r"(b) : "cc"); taken[i] += r & 1;
#define COUNT(i, op) asm volatile("mov %1, %%rcx\\n\\tcmp $3, %%rcx\\n\\tmov $1, %k0\\n\\t" op " 1f\\n\\txor %k0, %k0\\n1:" : "=&q"(r) : "r"(c) : "rcx", "cc"); taken[i] += r & 1;
__attribute__((noipa)) void check(long a, long b, long c) {
  long r;
  ${CONDITIONS.map((cc, i) => `CHECK(${i}, "${cc}")`).join('\n  ')}
  ${COUNTERS.map((op, i) => `COUNT(${16 + i}, "${op}")`).join('\n  ')}
}
int main(void) {
  const long edges[] = { 0, 1, -1, 0x7fffffffffffffff, 0x8000000000000000, 5, 256, -255 };
  const long counts[] = { 0, 1, 2, 3, 4, 0x100000000, 0x100000001, 0x100000003 };
  ready();
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) check(edges[i], edges[j], counts[(i + j) & 7]);
  for (int i = 0; i < 21; i++) printf("%ld\\n", taken[i]);
  fflush(stdout);
  _exit(0);
}`;

test.runIf(onX64)('whether a branch is taken: every condition, against the processor', async () => {
  const { pid, go } = await start(build('conditions', ALL_CONDITIONS));
  const names = [...CONDITIONS.map((cc) => `j${cc}`), ...COUNTERS];
  const probes = names.map((name) => `instr${pid}:a.out:check:${name}-*`).join(',');
  let said = '';
  const { text } = await traced(
    `${probes} { @[strtok(probename, "-")] = sum(arg1); @n[strtok(probename, "-")] = count(); }`,
    async () => {
      said = await go();
    },
  );
  const expected = said.trim().split('\n').map(Number);
  expect(expected).toHaveLength(names.length);
  expect(new Set(expected).size).toBeGreaterThan(4);
  const fired = names.map((name) => `${name} 64`);
  expect(rows(text)).toEqual([...names.map((name, i) => `${name} ${expected[i]}`), ...fired].sort());
});

const CALLS = `
__attribute__((noipa)) long step(long x) { return x + 1; }
__attribute__((noipa)) long twice(long x) { return 2 * x; }
static long (*volatile table[2])(long) = { step, twice };
static __thread long own[4];
__attribute__((noipa)) long work(long n, volatile long *a) {
  long sum = 0;
  for (long i = 0; i < n; i++) {
    if (i % 3 == 0) sum += step(i);
    else sum += table[i & 1](i);
    a[i & 3] = sum;
  }
  return sum;
}
/* dec; jne back to it */
__attribute__((noipa)) void countdown(long n) { asm volatile("1: dec %0\\n\\tjne 1b" : "+r"(n) : : "cc"); }
__attribute__((noipa)) void keep(long i, long value) { own[i] = value; }
__attribute__((noipa)) long *place(void) { return own; }
int main(void) {
  static long a[4];
  ready();
  printf("%lx %lx\\n", (long)a, (long)place());
  work(10, a);
  countdown(10);
  keep(2, 7);
  fflush(stdout);
  _exit(0);
}`;

describe.runIf(onX64)('a program of known branches', () => {
  test('calls lead where they lead, directly or not; returns to their callers', async () => {
    const { pid, go } = await start(build('calls', CALLS));
    const { text } = await traced(
      `instr${pid}:a.out:work:call-* { @[usym(arg2), arg1, "call"] = count(); }
       instr${pid}:a.out:step:ret-*,instr${pid}:a.out:twice:ret-* { @[ufunc(args[2]), arg1, "ret"] = count(); }
       instr${pid}:a.out:work:call-* /args[0] != uregs[R_RIP] || args[0] + arg5 <= args[0]/ { @bad = count(); }`,
      go,
    );
    // Of ten, four are multiples of 3; of the others, 1, 5 and 7 are odd.
    expect(rows(text).map((row) => row.replace(/\+\S+/, ''))).toEqual(
      ['calls`step 1 call 7', 'calls`twice 1 call 3', 'calls`work 1 ret 10'].sort(),
    );
  });

  test('jumps taken and not', async () => {
    const { pid, go } = await start(build('calls', CALLS));
    const { text } = await traced(
      `instr${pid}:a.out:countdown:jcc-* { @[arg1 ? "taken" : "not", arg2 == arg0 - 3, arg3] = count(); }`,
      go,
    );
    expect(rows(text)).toEqual(['not 1 0 1', 'taken 1 0 9']);
  });

  test("memory that is written, a thread's own too", async () => {
    const { pid, go } = await start(build('calls', CALLS));
    let said = '';
    const { text } = await traced(
      `instr${pid}:a.out:work:store-* { @[arg3, arg4] = count(); }
       instr${pid}:a.out:keep:store-* { printf("%x %d\\n", arg3, arg4); }`,
      async () => {
        said = await go();
      },
    );
    const [shared, own] = said
      .trim()
      .split(' ')
      .map((each) => BigInt(`0x${each}`));
    const [first, ...others] = text.trim().split('\n');
    expect(first).toBe(`${(own! + 16n).toString(16)} 8`);
    expect(rows(others.join('\n'))).toEqual(
      [3, 3, 2, 2].map((n, i) => `${shared! + BigInt(8 * i)} 8 ${n}`).sort(),
    );
  });

  test('one probe alone, of a command', async () => {
    const program = build('calls', CALLS.replace(/ready\(\);|printf\(.*/g, ''));
    const [found] = engine.probes(`instr${program}:a.out:countdown:jcc-*`);
    const script = `instr$target:a.out:countdown:${found?.probe.name} { @[arg1, arg5] = count(); }`;
    const { text } = await tracedCommand([program], script);
    expect(rows(text)).toEqual(['0 2 1', '1 2 9']);
  });
});

const LOCKS = `
#include <pthread.h>
static long n;
__attribute__((noipa)) void add(void) { __atomic_add_fetch(&n, 1, __ATOMIC_SEQ_CST); }
static void *work(void *unused) { for (int i = 0; i < 50; i++) add(); return unused; }
int main(void) {
  pthread_t threads[3];
  ready();
  for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  _exit(0);
}`;

describe.runIf(onX64 && engine.host.has('breakpoints'))('breakpoints of the processor', () => {
  test('where no uprobe can be, in threads that come later', async () => {
    const { pid, go } = await start(build('locks', LOCKS, ['-pthread']));
    const { text } = await traced(`instr${pid}:a.out:add:lock-* { @[probename, arg4] = count(); }`, go);
    expect(rows(text)).toEqual([expect.stringMatching(/^lock-[0-9a-f]+ 8 150$/)]);
  });

  test('on request', async () => {
    const { pid, go } = await start(build('calls', CALLS));
    const options = [['instrbackend', 'breakpoint']] as const;
    const script = `instr${pid}:a.out:countdown:jcc-* { @[arg1, arg2 == arg0 - 3] = count(); }`;
    const { text } = await traced(script, go, { options });
    expect(rows(text)).toEqual(['0 1 1', '1 1 9']);
  });
});

describe.runIf(onX64)('what cannot be', () => {
  const problem = (script: string, options: readonly (readonly [string, string])[] = []): string => {
    try {
      engine.compile(script, { options });
    } catch (error) {
      if (error instanceof SiteError) return error.message;
      return (error as CompileError).diagnostics[0]?.hint ?? '';
    }
    return 'nothing';
  };

  test('says what is wrong', () => {
    const program = build('calls', CALLS);
    expect(problem(`instr${program}::wrok:jcc-* {}`)).toMatch(
      /calls has no function wrok \(did you mean 'work'\?\)$/,
    );
    expect(problem(`instr${program}::work:jxx-* {}`)).toMatch(
      /no instruction of work that can be probed is called jxx-\* /,
    );
    expect(problem('instr999999999:::call-* {}')).toMatch(/there is no process 999999999$/);
    execFileSync('strip', ['-o', `${program}-bare`, program]);
    expect(problem(`instr${program}-bare::work:jcc-* {}`)).toMatch(
      /calls-bare tells no names of its functions \(it was stripped\)$/,
    );
  });

  test('too many', async () => {
    const { pid } = await start(build('calls', CALLS));
    expect(problem(`instr${pid}:a.out:work: {}`, [['instrbackend', 'breakpoint']])).toMatch(
      /^\d+ instructions are too many to probe by breakpoints; the limit is 4: name a function/,
    );
  });

  test('by the wrong means', async () => {
    const program = build('calls', CALLS);
    const means = (name: string) => [['instrbackend', name]] as const;
    expect(problem(`instr${program}::work:ret-* {}`, means('kprobe'))).toMatch(/^no kprobe can be put on/);
    expect(problem(`instr${program}::work:ret-* {}`, means('breakpoint'))).toMatch(
      /^a hardware breakpoint serves one process/,
    );
  });
});
