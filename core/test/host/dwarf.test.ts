import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCodeFile } from '../../src/host/elf/code-file.js';
import { functionName } from '../../src/host/elf/function-table.js';
import { typeName } from '../../src/language/types/names.js';
import { asRecord, pointee } from '../../src/language/types/queries.js';
import type { FunctionType, Type } from '../../src/language/types.js';
import { parameterPlaces } from '../../src/probes/calling-convention.js';

const SOURCE = `
  enum colour { RED = -1, GREEN = 5 };
  struct point { double x, y; };
  struct hidden;
  typedef unsigned long word_t;
  struct node {
    word_t id; const char name[3][5]; struct node *next; enum colour colour; unsigned a : 3, b : 7;
    union { int i; float f; } u; int (*call)(int); struct hidden *other;
  };
  __attribute__((noipa)) short visit(struct node *n, struct point p, const char *why, ...) { return n->a + p.x; }
  __attribute__((noipa)) void nothing(volatile enum colour c) {}
  int main(void) { struct node n = {0}; struct point p = {1, 2}; nothing(RED); return visit(&n, p, "x"); }`;
const OTHER = 'struct hidden { long secret; } h; struct hidden *other(void) { return &h; }';

const CLASSES = `
  struct Base { int base; virtual ~Base() {} };
  struct Plain { int a, b; };
  namespace ns { struct Order : Base { int id; Order(const Order &o) : id(o.id) {} Order() : id(0) {}
    __attribute__((noipa)) Plain total(Order copy, Plain plain, int &factor); }; }
  Plain ns::Order::total(Order copy, Plain plain, int &factor) { return {copy.id * factor, plain.b}; }
  int main() { ns::Order o; int f = 2; return o.total(o, {1, 2}, f).a; }`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-dwarf-'));
  writeFileSync(join(folder, 'a.c'), SOURCE);
  writeFileSync(join(folder, 'b.c'), OTHER);
  writeFileSync(join(folder, 'c.cc'), CLASSES);
});
afterAll(() => rmSync(folder, { recursive: true }));

const runs = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

function compiled(name: string, compiler: string, ...args: string[]): string {
  const output = join(folder, name);
  execFileSync(compiler, ['-O1', '-w', ...args, '-o', output], { cwd: folder, stdio: 'pipe' });
  return output;
}

function typeOf(path: string, name: string): FunctionType {
  const code = openCodeFile(path)!;
  const { functions } = code;
  const index = functions.addresses.findIndex((_, i) => functionName(functions, i) === name);
  return code.describe(functions.addresses[index]!)!.type;
}

const target = (type: Type) => asRecord(pointee(type)!)!;

function checkNode(path: string): void {
  const { parameters, returns, variadic } = typeOf(path, 'visit');
  expect(parameters.map(typeName)).toEqual(['userland struct node *', 'struct point', 'userland char *']);
  expect([typeName(returns), variadic]).toEqual(['short', true]);
  const node = target(parameters[0]!);
  expect([node.size, node.align]).toEqual([64, 8]);
  expect(
    node.members!.map(({ name, type, bitOffset, bitSize }) => [name, typeName(type), bitOffset, bitSize]),
  ).toEqual([
    ['id', 'word_t', 0, undefined],
    ['name', 'char [3][5]', 64, undefined],
    ['next', 'userland struct node *', 192, undefined],
    ['colour', 'enum colour', 256, undefined],
    ['a', 'unsigned int', 288, 3],
    ['b', 'unsigned int', 291, 7],
    ['u', 'union (anon)', 320, undefined],
    ['call', 'userland function pointer', 384, undefined],
    ['other', 'userland struct hidden *', 448, undefined],
  ]);
  // Declared there, defined in another unit.
  expect(target(node.members!.at(-1)!.type).members!.map(({ name }) => name)).toEqual(['secret']);
  const [colour] = typeOf(path, 'nothing').parameters;
  expect(colour).toMatchObject({ kind: 'enum', signed: true, size: 4 });
  expect(colour?.kind === 'enum' && colour.enumerators).toEqual(
    new Map([
      ['RED', -1n],
      ['GREEN', 5n],
    ]),
  );
}

describe('types of a program from its debugging information', () => {
  test.each([['-gdwarf-5'], ['-gdwarf-4'], ['-gdwarf-3', '-gstrict-dwarf'], ['-g', '-gz=zlib']])(
    '%s',
    (...flags) => {
      checkNode(compiled(`gcc${flags.join('')}`, 'cc', ...flags, 'a.c', 'b.c'));
    },
  );

  test.skipIf(!runs('clang')).each(['-gdwarf-5', '-gdwarf-4'])('as clang writes it: %s', (flag) => {
    writeFileSync(join(folder, 'clang.c'), SOURCE.replaceAll('noipa', 'noinline'));
    checkNode(compiled(`clang${flag}`, 'clang', flag, 'clang.c', 'b.c'));
  });

  test.skipIf(!runs('objcopy'))('from a separate file', () => {
    const program = compiled('separate', 'cc', '-g', '-Wl,--build-id', 'a.c', 'b.c');
    const run = (...args: string[]) => execFileSync('objcopy', args, { cwd: folder });
    run('--only-keep-debug', 'separate', 'separate.debug');
    run('--strip-debug', '--add-gnu-debuglink=separate.debug', 'separate');
    checkNode(program);
  });

  test.skipIf(!runs('c++'))('classes: bases, and what is passed by a pointer to a copy', () => {
    const program = compiled('classes', 'c++', '-g', 'c.cc');
    const { parameters, returns } = typeOf(program, '_ZN2ns5Order5totalES0_5PlainRi');
    expect(parameters.map(typeName)).toEqual([
      'userland struct Order *',
      'struct Order',
      'struct Plain',
      'userland int *',
    ]);
    expect(parameters.map((type) => asRecord(type)?.passedByReference)).toEqual([
      undefined,
      true,
      false,
      undefined,
    ]);
    expect([typeName(returns), asRecord(returns)?.passedByReference]).toEqual(['struct Plain', false]);
    expect(target(parameters[0]!).members!.map(({ name, type }) => [name, typeName(type)])).toEqual([
      ['', 'struct Base'],
      ['id', 'int'],
    ]);
    const places = parameterPlaces('x64', typeOf(program, '_ZN2ns5Order5totalES0_5PlainRi'), 'user');
    // rdi, rsi, rdx, rcx
    expect(places.map(({ offset }) => offset)).toEqual([112, 104, 96, 88]);
  });

  test('floating point takes registers of its own', () => {
    const type = typeOf(compiled('places', 'cc', '-g', 'a.c', 'b.c'), 'visit');
    const places = parameterPlaces('x64', type, 'user');
    expect(places.map(({ offset, lost }) => [offset, lost])).toEqual([
      [112, undefined],
      [0, true],
      [104, undefined],
    ]);
  });

  test('a file without it says nothing', () => {
    const code = openCodeFile(compiled('plain', 'cc', '-g0', 'a.c', 'b.c'))!;
    expect(code.describe(code.entry)).toBeUndefined();
  });
});
