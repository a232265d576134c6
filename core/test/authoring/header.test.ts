import { describe, expect, test } from 'vitest';
import { readCarried, readDeclarations } from '../../src/authoring/declarations.js';
import { headerText } from '../../src/authoring/header.js';
import { LinkError, machineOfAll, objectBytes, refuseCalls } from '../../src/authoring/object.js';
import { memoryBytes } from '../../src/host/elf/byte-source.js';
import { ElfStructure } from '../../src/host/elf/elf-file.js';
import { RecordedHost } from '../../src/host/index.js';
import type { CompileError } from '../../src/language/diagnostics.js';
import { messageText } from '../../src/language/messages.js';

const host = new RecordedHost({ arch: 'x64' });
const read = (text: string) => readDeclarations([{ name: 'p.d', text }], host, {});
const header = (text: string) => headerText(read(text).providers, 'some/p-robes.h');

function wrong(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    return (error as CompileError).diagnostics.map((d) => `[${d.tag}] ${messageText(d)}`);
  }
}

describe('a header', () => {
  test('has macros in capitals, one dash for two underscores, and a guard of its file', () => {
    const text = header('provider my_app { probe query__start(const char *, int); probe u_nder(); };');
    expect(text).toContain('#define\tMY_APP_QUERY_START(arg0, arg1) ');
    expect(text).toContain('#define\tMY_APP_QUERY_START_ENABLED() ');
    expect(text).toContain('#define\tMY_APP_U_NDER() ');
    expect(text).toContain('extern volatile unsigned short my_app_query__start_semaphore ');
    expect(text).toContain('"my_app", "query__start"');
    expect(text).toContain('#ifndef\t_P_ROBES_H\n');
  });

  test.each([
    ['int8_t', '"-1@"', '(signed char)(arg0)'],
    ['unsigned short', '"2@"', '(unsigned short)(arg0)'],
    ['enum { A, B }', '"-4@"', '(int)(arg0)'],
    ['bool', '"1@"', '(unsigned char)(!!(arg0))'],
    ['uint64_t', '_DTRACE_UWORD', '(unsigned long)(arg0)'],
    ['long', '_DTRACE_WORD', '(long)(arg0)'],
    ['struct unheard *', '_DTRACE_UWORD', '(const volatile void *)(arg0)'],
    ['string', '_DTRACE_UWORD', '(const volatile void *)(arg0)'],
    ['double', '"8f@"', '(unsigned long long)(_dtrace_b0)'],
  ])('passes %s as %s', (type, size, value) => {
    const text = header(`provider p { probe a(${type} x); };`);
    expect(text).toContain(`${size} "%0"`);
    expect(text).toContain(`_DTRACE_REGISTER (${value})`);
  });

  test('refuses what a program cannot pass', () => {
    expect(wrong(() => header('struct s { int a; }; provider p { probe a(struct s x); };'))).toEqual([
      '[D_DECL_PROTO_TYPE] probe p:a parameter #1 may not have type struct s: a program passes words; pass a pointer',
    ]);
    const many = Array.from({ length: 29 }, () => 'int').join(', ');
    expect(wrong(() => header(`provider p { probe a(${many}); };`))[0]).toContain('[D_PROV_PRARGLEN]');
  });
});

describe('declarations', () => {
  test('carry what providers need of the rest', () => {
    const { text, hasClauses } = read(`
      struct used { int a; };
      struct unused { int b; };
      typedef struct info { int i_a; } info_t;
      translator info_t <struct used *u> { i_a = u->a; };
      provider p { probe a(struct used *u) : (info_t *u); };
      #pragma D attributes Stable/Stable/Common provider p name
      BEGIN { exit(0); }`);
    expect(hasClauses).toBe(true);
    expect(text).toContain('struct used');
    expect(text).not.toContain('unused');
    expect(text).not.toContain('BEGIN');
    const carried = readCarried(text, host);
    expect(carried.providers[0]?.probes[0]?.args.map(({ parameter }) => parameter)).toEqual([0]);
    expect(carried.attributes.get('p')).toEqual({
      name: { name: 'Stable', data: 'Stable', class: 'Common' },
    });
    expect(carried.text).toBe(text);
  });

  test('map arguments to other places', () => {
    const { providers } = read('provider p { probe a(int i, int j) : (int j, int i, int i, int j); };');
    expect(providers[0]?.probes[0]?.args.map(({ parameter }) => parameter)).toEqual([1, 0, 0, 1]);
  });

  test('take types that only the program knows for words', () => {
    const { unknownTypes, providers } = read(`
      # file: one.c
      typedef int known_t;
      provider p { probe a(known_t, virObject *o, const VALUE v, struct s *); };`);
    expect(unknownTypes).toEqual(['virObject', 'VALUE']);
    expect(providers[0]?.probes[0]?.parameters).toHaveLength(4);
  });

  test.each([
    ['provider p9 { probe a(); };', '[D_PROV_BADNAME]'],
    ['provider p { probe a(); probe a(); };', '[D_PROV_PRDUP]'],
    ['provider p { probe a(int i) : (struct foo *i); };', '[D_PROV_PRXLATOR]'],
    ['provider p { prob a(); };', '[D_SYNTAX]'],
  ])('%s is %s', (text, tag) => {
    expect(wrong(() => read(text))[0]).toContain(tag);
  });
});

describe('an object', () => {
  const declared = read('provider p { probe a__b(int); probe c(); };');
  const object = (path: string, machine: 'x64' | 'arm64' | 'x86') => ({
    path,
    bytes: objectBytes(declared, machine),
  });

  test.each(['x64', 'arm64'] as const)('for %s has counters and the declaration', (machine) => {
    const elf = ElfStructure.read(memoryBytes(object('p.o', machine).bytes));
    const named = (name: string) => elf?.contents(elf.section(name)!).toString('latin1');
    expect(elf?.section('.probes')?.size).toBe(4);
    expect(named('.strtab')).toBe('\0p_a__b_semaphore\0p_c_semaphore\0');
    expect(named('.note.dtrace')).toContain('provider p { probe a__b(int); probe c(); };');
  });

  test('cannot stand for calls', () => {
    const calling = { path: 'd.o', bytes: Buffer.from('\0__dtrace_p___a__b\0') };
    expect(() => refuseCalls(declared, [object('a.o', 'x64')])).not.toThrow();
    expect(() => refuseCalls(declared, [calling])).toThrow(/d\.o calls probes of p as functions/);
  });

  test('is for the machine of the others', () => {
    expect(machineOfAll([], 'arm64')).toBe('arm64');
    expect(machineOfAll([object('a.o', 'x86'), object('b.o', 'x86')], 'x64')).toBe('x86');
    const mixed = [object('a.o', 'x64'), object('b.o', 'x86')];
    expect(() => machineOfAll(mixed, 'x64')).toThrow(/incorrect ELF class .*b\.o/);
    const text = { path: 'c.o', bytes: Buffer.from('not an object at all') };
    expect(() => machineOfAll([text], 'x64')).toThrow(LinkError);
  });
});
