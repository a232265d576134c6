import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CompileError } from '../../../core/src/index.js';
import {
  build,
  engine,
  folder,
  hasCompiler,
  start,
  traced,
  tracedCommand,
} from '../../../core/test/session/programs.js';

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
      for (long i = 0; i < 5000; i++) {
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
    expect(mallocs).toBeGreaterThanOrEqual(20_000);
    expect(
      text
        .trim()
        .split(/\s+/)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([frees, mallocs, mallocs].sort((a, b) => a - b));
  });
});

describe('a command', () => {
  const PROGRAM = `
    __attribute__((constructor)) static void early(void) { free(malloc(7)); }
    int main(void) { free(malloc(11)); free(malloc(13)); return 0; }`;

  test.each([
    ['preinit', '7 11 13'],
    ['main', '11 13'],
  ])('is traced from %s on', async (time, sizes) => {
    const path = build('command', PROGRAM);
    const { text } = await tracedCommand([path], 'pid$target:libc:malloc:entry { printf("%d ", arg0); }', [
      ['evaltime', time],
    ]);
    expect(text.trim()).toBe(sizes);
  });

  test('that is a script is what interprets it', async () => {
    const path = join(folder(), 'script');
    writeFileSync(path, '#!/bin/bash\nexit 3\n', { mode: 0o755 });
    const { text } = await tracedCommand([path], 'pid$target:a.out:main:entry { printf("%s", probemod); }');
    expect(text.trim()).toBe('bash');
  });
});

describe('a process is not disturbed', () => {
  test('where code is entered without a call: a program and its loader start as ever', async () => {
    const path = build(
      'args',
      'int main(int argc, char **argv) { FILE *f = fopen(argv[1], "w"); fprintf(f, "%d", argc); return 0; }',
    );
    const said = join(folder(), 'said');
    const { text } = await tracedCommand(
      [path, said, 'x'],
      `pid$target:a.out::return { } pid$target:ld*::return { @ = count(); }`,
    );
    expect(readFileSync(said, 'latin1')).toBe('3');
    expect(Number(text.trim())).toBeGreaterThan(10);
  });

  test.skipIf(!hasCompiler('cc'))('by its own exceptions; names are those of the source', async () => {
    const source = `
      namespace shop {
        __attribute__((noipa)) int price(int n) { if (n % 3 == 0) throw n; return 2 * n; }
        __attribute__((noipa)) int ask(int n) { return price(n) + 1; }
        __attribute__((noipa)) int compare(const void *, const void *) { throw 'x'; }
      }
      int main() {
        int caught = 0, pair[2] = {2, 1};
        ready();
        for (int i = 0; i < 300; i++) try { shop::ask(i); } catch (int) { caught++; }
        try { qsort(pair, 2, sizeof(int), shop::compare); } catch (char) { caught += 1000; }
        printf("%d\\n", caught);
        fflush(stdout);
        _exit(0);
      }`;
    const { pid, go } = await start(build('throws', source, [], folder(), 'cc'));
    let said = '';
    const { text } = await traced(
      `pid${pid}:a.out:shop::*:entry, pid${pid}:a.out:shop::ask(int):return { @[probefunc, probename] = count(); }
       pid${pid}:a.out:shop::price(int):entry { @callers[ufunc(ucaller)] = count(); }
       pid${pid}:libc:qsort*:return { }`,
      async () => {
        said = await go();
      },
    );
    expect(said).toBe('1100\n');
    const rows = text
      .trim()
      .split('\n')
      .map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .join(' '),
      );
    expect(rows.filter((row) => !row.includes('.cold')).sort()).toEqual([
      'shop::ask(int) entry 300',
      'shop::ask(int) return 200',
      'shop::compare(void const*, void const*) entry 1',
      'shop::price(int) entry 300',
      'throws`shop::ask(int) 300',
    ]);
  });
});

describe('what comes later', () => {
  test('a library that a command loads, from its initialisation on, each time', async () => {
    const into = folder();
    const library = build(
      'late.so',
      'int late(int n) { return n; } __attribute__((constructor)) static void init(void) { late(1); }',
      ['-shared', '-fPIC'],
      into,
    );
    const program = build(
      'loads',
      `#include <dlfcn.h>
       int main(int argc, char **argv) {
         for (int round = 0; round < 3; round++) {
           void *library = dlopen(argv[1], RTLD_NOW);
           int (*late)(int) = dlsym(library, "late");
           for (int i = 2; i < 5; i++) late(i);
           dlclose(library);
         }
         return 0;
       }`,
      ['-ldl'],
      into,
    );
    const { text } = await tracedCommand(
      [program, library],
      'pid$target:late.so:late:entry { printf("%d ", arg0); }',
      [['zdefs', undefined]],
    );
    expect(text.trim()).toBe('1 2 3 4 1 2 3 4 1 2 3 4');
  });

  test('a library that is loaded has its probes, a function that has none yet its record', async () => {
    const into = folder();
    const plugin = build('plugin.so', 'int plug(int x) { return 2 * x; }', ['-shared', '-fPIC'], into);
    const host = build(
      'host',
      `#include <dlfcn.h>
       int main(void) {
         int sum = 0;
         ready();
         int (*plug)(int) = dlsym(dlopen("${plugin}", RTLD_NOW), "plug");
         ready();
         for (int i = 0; i < 100; i++) sum += plug(i);
         return sum != 9900;
       }`,
      ['-ldl'],
      into,
    );
    const { pid, go, next } = await start(host);
    const { text } = await traced(
      `pid${pid}:plugin.so:plug:entry { @ = sum(arg0); }
       pid${pid}:plugin.so:plug:return /arg1 == 198/ { printf("%s %s\\n", probemod, probefunc); }`,
      async ({ appeared }) => {
        await next();
        await appeared('plug');
        await go();
      },
      { options: [['zdefs', undefined]] },
    );
    expect(text.trim().split(/\s+/)).toEqual(['plugin.so', 'plug', '4950']);
  });

  test('processes that start later are traced by the file, and by pid*', async () => {
    const path = build('ten', TEN);
    const first = await start(path);
    const { text } = await traced(
      `pid*:ten:ten:entry { @[probeprov] = count(); }
       pid${path}::ten:entry { @file[probemod] = count(); }`,
      async () => {
        const second = await start(path);
        await Promise.all([first.go(), second.go()]);
      },
    );
    expect(text.trim().split(/\s+/).sort()).toEqual(['4', '4', 'pid*', 'ten']);
  });
});

test('a process in a file system and with process numbers of its own', async () => {
  const path = build('ten', TEN);
  const inside = 'mount -t tmpfs none /mnt && cp "$0" /mnt/inside && exec /mnt/inside';
  const { pid, go } = await start('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', inside, path]);
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1'));
  const { text } = await traced(
    `pid${child}:inside:ten:entry { @[probemod, ufunc(ucaller)] = count(); }`,
    go,
  );
  expect(text.trim().split(/\s+/)).toEqual(['inside', 'inside`main', '2']);
});

describe('what is asked for and is not there', () => {
  const why = (description: string): string => {
    try {
      engine.compile(`${description} { }`);
      return 'compiled';
    } catch (error) {
      return (error as CompileError).diagnostics.map(({ hint }) => hint).join('\n');
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
