import { describe, expect, test } from 'vitest';
import type { CompileError } from '../../../core/src/index.js';
import { build, engine, start, traced } from '../../../core/test/session/programs.js';

/** What sys/sdt.h makes of DTRACE_PROBE3, with a semaphore; the operands are where each machine's compiler puts them. */
const NOTED = `
  __attribute__((section(".probes"))) volatile unsigned short shop_sale_semaphore;
  #define NOTE(semaphore, name, operands) \\
    "990: nop\\n" \\
    ".pushsection .note.stapsdt, \\"?\\", \\"note\\"\\n" \\
    ".balign 4\\n .4byte 992f-991f, 994f-993f, 3\\n" \\
    "991: .asciz \\"stapsdt\\"\\n 992: .balign 4\\n" \\
    "993: .8byte 990b\\n .8byte _.stapsdt.base\\n .8byte " semaphore "\\n" \\
    ".asciz \\"shop\\"\\n .asciz \\"" name "\\"\\n .asciz \\"" operands "\\"\\n" \\
    "994: .balign 4\\n .popsection\\n" \\
    ".ifndef _.stapsdt.base\\n" \\
    ".pushsection .stapsdt.base, \\"aG\\", \\"progbits\\", .stapsdt.base, comdat\\n" \\
    ".weak _.stapsdt.base\\n .hidden _.stapsdt.base\\n _.stapsdt.base: .space 1\\n" \\
    ".size _.stapsdt.base, 1\\n .popsection\\n .endif\\n"

  __attribute__((noipa)) void sale(long number, int change, const char *what) {
    asm volatile(NOTE("shop_sale_semaphore", "one__sale", "8@%0 -4@%1 8@%2")
                 :: "nor"(number), "nor"(change), "nor"(what));
  }
  static volatile int stock[3] = { 7, 8, 9 };
  __attribute__((noipa)) void counted(void) { asm volatile(NOTE("0", "counted", "-4@%0 8@$-9") :: "m"(stock[2])); }
  __attribute__((noipa)) void closed(void) { asm volatile(NOTE("0", "closed", "-4@$-5")); }

  int main(void) {
    int before, during;
    before = shop_sale_semaphore;
    ready();
    during = shop_sale_semaphore;
    for (int i = 0; i < 50; i++) sale(1000000000000L + i, -i, "tea");
    counted();
    closed();
    printf("%d %d\\n", before, during);
    fflush(stdout);
    return 0;
  }`;

describe('probes that a program was built with', () => {
  test('fire with their arguments; its semaphore is raised while somebody traces', async () => {
    const { pid, go } = await start(build('shop', NOTED));
    let said = '';
    const { text } = await traced(
      `shop${pid}:shop:sale:one-sale /args[1] == -49/ {
         printf("%d %d %s %s:%s:%s:%s\\n", args[0], args[1], copyinstr(arg2), probeprov, probemod, probefunc, probename);
       }
       shop${pid}:::one__sale { @ = count(); }
       shop${pid}:::counted { printf("%d %d\\n", args[0], arg1); }
       shop${pid}:::closed { printf("%d\\n", args[0]); }`,
      async () => {
        said = await go();
      },
    );
    const [sale, counted, closed, , count] = text.split('\n');
    expect(sale).toBe(`1000000000049 -49 tea shop${pid}:shop:sale:one-sale`);
    // A variable of the file, on x86-64 named relative to the instruction.
    expect(counted).toBe('9 -9');
    expect(closed).toBe('-5');
    expect(count?.trim()).toBe('50');
    expect(said).toBe('0 1\n');
  });

  test('fire in every process', async () => {
    const path = build('shop', NOTED);
    const first = await start(path);
    const { text } = await traced('shop*:::one-sale { @[probeprov] = count(); }', async () => {
      const second = await start(path);
      await Promise.all([first.go(), second.go()]);
    });
    expect(text.trim().split(/\s+/)).toEqual(['shop*', '100']);
  });

  test('that are not there are named', async () => {
    const { pid } = await start(build('shop', NOTED));
    const why = (description: string): string => {
      try {
        engine.compile(`${description} { }`);
        return 'compiled';
      } catch (error) {
        return (error as CompileError).diagnostics.map(({ hint }) => hint).join('\n');
      }
    };
    expect(why(`shap${pid}:::closed`)).toContain(
      "no program or library there has probes of shap (did you mean 'shop'?)",
    );
    expect(why(`shop${pid}:::clozed`)).toContain("shop has no probe clozed (did you mean 'closed'?)");
    expect(why('shop2147483647:::closed')).toContain('there is no process');
  });
});
