import { describe, expect, test } from 'vitest';
import { type CompileError, messageText } from '../../../core/src/index.js';
import { build, engine, folder, start, traced } from './program.js';

const TEN = `
__attribute__((noipa)) long ten(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j) {
  if (a < 0) return -a;
  if (j > 1000) return a + j;
  return a + b + c + d + e + f + g + h + i + j;
}
int main(void) { ready(); return ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) + ten(-7, 2, 3, 4, 5, 6, 7, 8, 9, 10) != 62; }
`;

describe('a function', () => {
  test('entry: ten arguments and the caller; return: the value', async () => {
    const { pid, go } = await start(build('ten', TEN));
    const { text } = await traced(
      `pid${pid}:a.out:ten:entry {
         printf("%d %d %d %d %d %d %d %d %d %d ", arg0, arg1, arg2, arg3, arg4, arg5, arg6, arg7, arg8, arg9);
         printf("%s %s %s %s\\n", probeprov, probemod, probefunc, probename);
         @[ufunc(ucaller)] = count();
       }
       pid${pid}:ten:ten:return { printf("= %d\\n", arg1); }`,
      go,
    );
    expect(text.split('\n').slice(0, 4)).toEqual([
      `1 2 3 4 5 6 7 8 9 10 pid${pid} ten ten entry`,
      '= 55',
      `-7 2 3 4 5 6 7 8 9 10 pid${pid} ten ten entry`,
      '= 7',
    ]);
    expect(text.split('\n').slice(4).join(' ').trim()).toMatch(/^ten`main +2$/);
  });

  test('return: arg0 tells which of its returns it was', async () => {
    const { pid, go } = await start(build('ten', TEN));
    const { text } = await traced(`pid${pid}::ten:return { printf("%d %d\\n", arg0, arg1); }`, go);
    const [first, second] = text
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    expect([first?.[1], second?.[1]]).toEqual([55, 7]);
    expect(first?.[0]).toBeGreaterThan(0);
    expect(second?.[0]).toBeGreaterThan(0);
  });

  test('any instruction by its offset', async () => {
    const { pid, go } = await start(build('ten', TEN));
    const names = [...engine.probes(`pid${pid}:a.out:ten:[0-9]*`)].map(({ probe }) => probe.name);
    expect(names[0]).toBe('0');
    expect(names.length).toBeGreaterThan(8);
    const { text } = await traced(
      `pid${pid}::ten:0,pid${pid}::ten:${names[1]} { @[probename] = count(); }`,
      go,
    );
    expect(text.trim().split(/\s+/).sort()).toEqual(['0', '2', '2', names[1]].sort());
  });
});

describe('counted exactly', () => {
  const COUNTER = `
    #define _GNU_SOURCE
    #include <dlfcn.h>
    static long mallocs, frees;
    void *malloc(size_t n) {
      static void *(*next)(size_t);
      if (!next) next = dlsym(RTLD_NEXT, "malloc");
      __atomic_add_fetch(&mallocs, 1, __ATOMIC_RELAXED);
      return next(n);
    }
    void free(void *p) {
      static void (*next)(void *);
      if (!next) next = dlsym(RTLD_NEXT, "free");
      __atomic_add_fetch(&frees, 1, __ATOMIC_RELAXED);
      next(p);
    }
    void reset(void) { mallocs = frees = 0; }
    void report(void) {
      char line[80];
      write(1, line, snprintf(line, sizeof line, "%ld %ld\\n", mallocs, frees));
    }`;
  const USER = `
    #include <pthread.h>
    #include <stdio.h>
    extern void reset(void) __attribute__((weak)), report(void) __attribute__((weak));
    static int done;
    static void *work(void *seed) {
      for (long i = 0; i < 20000; i++) {
        void *volatile p = malloc(16 + i % 500 + (long)seed);
        free(p);
      }
      __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
      // What libc frees when a thread ends, it does not free through the counter.
      for (; seed;) pause();
      return NULL;
    }
    int main(void) {
      pthread_t threads[3];
      ready();
      reset();
      for (long i = 0; i < 3; i++) pthread_create(&threads[i], NULL, work, (void *)(i + 1));
      work(NULL);
      while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) < 4) usleep(1000);
      report();
      _exit(0);
    }`;

  test('malloc and free of a program with threads, against a counter of its own', async () => {
    const into = folder();
    const counter = build('counter.so', COUNTER, ['-shared', '-fPIC', '-ldl'], into);
    const user = build('user', USER, ['-pthread'], into);
    const { pid, go } = await start(user, [], { LD_PRELOAD: counter });
    let counted = '';
    const { text } = await traced(
      `pid${pid}:libc:malloc:entry { @e[1] = count(); }
       pid${pid}:libc:free:entry { @e[2] = count(); }
       pid${pid}:libc:malloc:return { @r[3] = count(); }
       END { printa("%@d ", @e); printa("%@d", @r); }`,
      async () => {
        counted = await go();
      },
    );
    const [mallocs, frees] = counted.trim().split(' ').map(Number) as [number, number];
    expect(mallocs).toBeGreaterThanOrEqual(80_000);
    expect(
      text
        .trim()
        .split(/\s+/)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([frees, mallocs, mallocs].sort((a, b) => a - b));
  });
});

describe('what is asked for and is not there', () => {
  const why = (description: string): string => {
    try {
      engine.compile(`${description} { }`);
      return 'compiled';
    } catch (error) {
      return (error as CompileError).diagnostics.map(messageText).join('\n');
    }
  };

  test('is named, with what may have been meant', () => {
    const pid = process.pid;
    expect(why('pid2147483647:libc::entry')).toContain('there is no process 2147483647');
    expect(why(`pid${pid}:lobc::entry`)).toContain("there is no module lobc (did you mean 'libc'?)");
    expect(why(`pid${pid}:libc:mallok:entry`)).toContain("did you mean 'malloc'?");
    expect(why(`pid${pid}:libc:malloc:exit`)).toContain('no probe of malloc is called exit');
  });
});
