import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { engine, folder, start, traced, tracedCommand } from '../../../core/test/session/programs.js';
import { author, compile, isInstalled, PROVIDED } from './authored.js';

const SHOP = `
struct order { int number; unsigned char paid:1; struct order *next; char what[12]; };
typedef struct orderinfo { int oi_number; string oi_what; int oi_following; } orderinfo_t;
translator orderinfo_t <struct order *o> {
  oi_number = o->number;
  oi_what = stringof(o->what);
  oi_following = o->next == NULL ? 0 : o->next->number;
};
provider shop {
  probe opened();
  probe sold(struct order *o, int8_t till, uint16_t price) : (uint16_t price, orderinfo_t *o, int8_t till);
  probe raw__sale(struct order *, bool paid, double weight, int64_t balance);
  probe many(int, int, int, int, int, int, int, char, unsigned long, uintptr_t, const char *);
};
#pragma D attributes Stable/Evolving/Common provider shop provider
#pragma D attributes Stable/Evolving/Common provider shop args
`;

const SELLING = `
#include "prov.h"
struct order { int number; unsigned char paid:1; struct order *next; char what[12]; };
static int prepared;
static int prepare(int value) { prepared++; return value; }
int main(void) {
  struct order orders[2] = { { 41, 1, &orders[1], "tea" }, { 42, 0, 0, "coffee" } };
  const char *text = "the last";
  for (int round = 0; round < 2; round++) {
    SHOP_OPENED();
    for (int i = 0; i < 2; i++) {
      SHOP_SOLD(&orders[i], prepare(-5), 65000 + i);
      SHOP_RAW_SALE(&orders[i], orders[i].paid, 2.5 * i, -5000000000LL - i);
      if (SHOP_MANY_ENABLED()) SHOP_MANY(1, 2, 3, 4, 5, 6, prepare(7), 'c', 1ul << 40, (unsigned long)orders, text);
    }
    printf("%d", prepared);
    prepared = 0;
    if (round == 0) ready();
  }
  fflush(stdout);
  return 0;
}`;

const COMPILERS = ['gcc', 'clang', 'g++', 'clang++'];

describe('a program with probes of dtrace -h and -G', () => {
  describe.each(COMPILERS)('built by %s', (compiler) => {
    test.runIf(isInstalled(compiler))('shows typed and translated arguments', async () => {
      const path = folder();
      author(path, SHOP);
      const program = compile({
        folder: path,
        name: 'shop',
        source: SELLING,
        compiler,
        flags: [join(path, PROVIDED)],
      });
      const { pid, go } = await start(program);
      let said = '';
      const { text } = await traced(
        `shop${pid}:shop:main:opened { printf("%s\\n", probename); }
         shop${pid}:::sold { printf("%d %d %s %d %d, %d %d\\n", args[0], args[1]->oi_number, args[1]->oi_what,
           args[1]->oi_following, args[2], arg0, arg2); }
         shop${pid}:::raw-sale { printf("%d %s %d %f %d\\n", args[0]->number, stringof(args[0]->what), args[1], args[2], args[3]); }
         shop${pid}:::many { printf("%d %d %d %c %x %s\\n", args[0], args[5], args[6], args[7], args[8], stringof(args[10])); }`,
        async () => {
          said = await go();
        },
      );
      expect(text.trimEnd().split('\n')).toEqual([
        'opened',
        '65000 41 tea 42 -5, 65000 -5',
        '41 tea 1 0.000000 -5000000000',
        '1 6 7 c 10000000000 the last',
        '65001 42 coffee 0 -5, 65001 -5',
        '42 coffee 0 2.500000 -5000000001',
        '1 6 7 c 10000000000 the last',
      ]);
      // What is-enabled probes would pass is prepared only while somebody traces.
      expect(said).toBe('24');
    });
  });

  test('has what its author promises of it', async () => {
    const path = folder();
    author(path, SHOP);
    const { pid, go } = await start(
      compile({ folder: path, name: 'shop', source: SELLING, flags: [join(path, PROVIDED)] }),
    );
    const [found] = engine.probes(`shop${pid}:::sold`);
    expect(found?.probe.promises).toEqual({
      provider: { name: 'Stable', data: 'Evolving', class: 'Common' },
      args: { name: 'Stable', data: 'Evolving', class: 'Common' },
    });
    expect(found?.probe.arguments.args.map(({ type, translated }) => translated ?? type)).toEqual([
      'uint16_t',
      'orderinfo_t *',
      'int8_t',
    ]);
    await go();
  });
});

const STEPS = `
provider steps { probe step(int where); };
`;
const library = (where: number) => `
#include "prov.h"
void step${where}(void) { if (STEPS_STEP_ENABLED()) STEPS_STEP(${where}); }
`;

describe('probes of dtrace -h and -G', () => {
  test('are those of each file they are linked into: program, library, library loaded later', async () => {
    const path = folder();
    author(path, STEPS);
    const object = join(path, PROVIDED);
    const shared = ['-shared', '-fPIC', '-fvisibility=default', object];
    const first = compile({ folder: path, name: 'libfirst.so', source: library(1), flags: shared });
    compile({ folder: path, name: 'libsecond.so', source: library(2), flags: shared });
    const source = `
      #include <dlfcn.h>
      #include "prov.h"
      void step1(void);
      int main(void) {
        ready();
        void (*step2)(void) = (void (*)(void))dlsym(dlopen("${join(path, 'libsecond.so')}", RTLD_NOW), "step2");
        ready();
        if (STEPS_STEP_ENABLED()) STEPS_STEP(0);
        step1();
        step2();
        return 0;
      }`;
    const flags = [object, first, `-Wl,-rpath,${path}`, '-ldl'];
    const running = await start(compile({ folder: path, name: 'steps', source, flags }));
    const { text } = await traced(
      `steps${running.pid}:::step { printf("%s %s %d\\n", probemod, probefunc, args[0]); }`,
      async ({ appeared }) => {
        await running.next();
        await appeared('step2');
        await running.go();
      },
    );
    expect(text.trim().split('\n')).toEqual(['steps main 0', 'libfirst.so step1 1', 'libsecond.so step2 2']);
  });

  test('fire in children too, optimised by the linker and hidden from it', async () => {
    const path = folder();
    author(path, STEPS);
    const source = `
      #include <sys/wait.h>
      #include "prov.h"
      static inline void step(int where) { STEPS_STEP(where); }
      int main(void) {
        ready();
        for (int i = 0; i < 10; i++) {
          if (fork() == 0) { step(i); _exit(0); }
          step(-1);
          wait(NULL);
        }
        return 0;
      }`;
    const flags = [join(path, PROVIDED), '-flto', '-fvisibility=hidden'];
    const { go } = await start(compile({ folder: path, name: 'forking', source, flags }));
    const { text } = await traced('steps*:forking::step { @ = sum(args[0]); @times = count(); }', () => go());
    expect(text.trim().split(/\s+/)).toEqual([String(45 - 10), '20']);
  });

  test('of a command fire from its start, also where every process is asked for', async () => {
    const path = folder();
    author(path, STEPS);
    const source = `
      #include "prov.h"
      int main(void) { STEPS_STEP(7); return 0; }`;
    const program = compile({ folder: path, name: 'short', source, flags: [join(path, PROVIDED)] });
    const { text } = await tracedCommand([program], 'steps*:short:main:step { trace(args[0]); }');
    expect(text.trim()).toBe('7');
  });

  test('may be hundreds', async () => {
    const path = folder();
    const numbers = Array.from({ length: 400 }, (_, i) => i);
    author(path, `provider many { ${numbers.map((i) => `probe p__${i}x(int);`).join('\n')} };`);
    const calls = numbers.map((i) => `if (MANY_P_${i}X_ENABLED()) MANY_P_${i}X(${i});`).join('\n');
    const source = `
      #include "prov.h"
      int main(void) {
        ready();
        ${calls}
        return 0;
      }`;
    const program = compile({ folder: path, name: 'many', source, flags: [join(path, PROVIDED)] });
    const { pid, go } = await start(program);
    const { text } = await traced(`many${pid}:::p-* { @ = sum(args[0]); @times = count(); }`, () => go());
    expect(text.trim().split(/\s+/)).toEqual([String((400 * 399) / 2), '400']);
  });
});
