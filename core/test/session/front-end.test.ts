import { describe, expect, test } from 'vitest';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import { CompileError, DTrace, messageText, RecordedHost } from '../../src/index.js';
import { defineProvider } from '../../src/provider.js';
import { readLibraries } from '../../src/session/library.js';
import { expandDescription, macroValues } from '../../src/session/macros.js';
import { fakeProvider, probe } from '../probes/fake-provider.js';

const LONG = { kind: 'integer', name: 'long', size: 8, signed: true } as const;

/** args[] of x differ from those of y and z, which are alike. */
const typed = fakeProvider('typed', [], {
  *probes() {
    const args = (type: string) => ({ args: [{ type, value: 'args[0]' }] });
    yield {
      ...probe('typed', 'x'),
      site: { kind: 'timer', period: 1n, cpus: 'one' },
      arguments: args('int'),
    };
    yield {
      ...probe('typed', 'y'),
      site: { kind: 'timer', period: 2n, cpus: 'one' },
      arguments: args('long'),
    };
    yield {
      ...probe('typed', 'z'),
      site: { kind: 'timer', period: 3n, cpus: 'one' },
      arguments: args('long'),
    };
    yield {
      ...probe('typed', 'w'),
      site: { kind: 'timer', period: 4n, cpus: 'one' },
      arguments: args('struct absent *'),
    };
  },
});

const packages = [dtraceProvider, profileProvider, defineProvider({ name: 'typed', create: () => typed })];
const engine = (files: Record<string, string> = {}) => new DTrace(new RecordedHost({ files }), packages);

function problems(body: () => unknown): string[] {
  try {
    body();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics.map((d) => `${d.tag}: ${messageText(d)}`);
    throw error;
  }
  return [];
}

describe('compiling touches no kernel and', () => {
  test('finds the probes of every clause', () => {
    const { matches, image } = engine().compile(
      'BEGIN, tick-1s { trace(1); } profile-97,profile-123hz { trace(2); }',
    );
    expect(matches.map((list) => list.map(({ probe }) => probe.name))).toEqual([
      ['BEGIN'],
      ['tick-1s'],
      ['profile-97'],
      ['profile-123hz'],
    ]);
    expect(image.programs.map(({ kind }) => kind)).toEqual(['self', 'timer', 'timer', 'timer']);
  });

  test('says what is wrong', () => {
    expect(problems(() => engine().compile('nope:::probe { trace(1); }'))).toEqual([
      expect.stringContaining('D_PDESC_ZERO'),
    ]);
    expect(problems(() => engine().compile('BEGIN { trace('))[0]).toContain('D_SYNTAX');
  });

  test('takes clauses of several sources as one program', () => {
    const { checked } = engine().compile([
      { name: 'a', text: 'BEGIN { x = 1; @a = count(); }' },
      { name: 'b', text: 'tick-1s { x++; @b = count(); @a = count(); } END { }' },
    ]);
    expect(checked.clauses.map(({ clause }) => clause)).toEqual([0, 1, 2]);
    expect(checked.variables.map(({ name }) => name)).toEqual(['x']);
    expect(checked.aggregations.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('completes abbreviated descriptions as asked', () => {
    const { matches } = engine().compile([
      { name: 'a', text: 'typed { trace(1); }', abbreviation: 'provider' },
    ]);
    expect(matches[0]).toHaveLength(4);
  });
});

describe('options', () => {
  test('come from pragmas and are overridden by the caller', () => {
    const script = '#pragma D option strsize=32\n#pragma D option quiet\nBEGIN { trace(1); }';
    expect(engine().compile(script).options).toMatchObject({
      compile: { strsize: 33 },
      consumer: { quiet: true },
    });
    const { options } = engine().compile(script, { options: [['strsize', '64']] });
    expect(options.compile.strsize).toBe(65);
  });

  test('decide what is an error', () => {
    const script = 'nope:::probe { trace(1); }';
    expect(engine().compile(script, { options: [['zdefs', undefined]] }).matches).toEqual([[]]);
  });
});

describe('types of args[]', () => {
  test('are those of the probes when they agree', () => {
    expect(problems(() => engine().compile('typed:::[yz] { trace(args[0]); }'))).toEqual([]);
    const { checked } = engine().compile('typed:::[yz] { trace(args[0]); }');
    expect(
      JSON.stringify(checked.clauses[0]?.body, (_k, v) => (typeof v === 'bigint' ? `${v}` : v)),
    ).toContain(JSON.stringify(LONG));
  });

  test('are unknown when they do not', () => {
    expect(problems(() => engine().compile('typed:::[xyz] { trace(args[0]); }'))).toEqual([
      expect.stringContaining('D_ARGS_MULTI'),
    ]);
    expect(problems(() => engine().compile('typed:::[xyz] { trace(arg0); }'))).toEqual([]);
  });

  test('that the kernel does not have are plain pointers', () => {
    expect(problems(() => engine().compile('typed:::w { trace((long)args[0]); }'))).toEqual([]);
  });
});

describe('macros', () => {
  test('stand in probe descriptions too', () => {
    const request = { arguments: ['script', '50'], target: 77 };
    const { matches, target } = engine().compile('tick-$1 { printf("%d", $target); }', request);
    expect(matches[0]?.map(({ probe }) => probe.name)).toEqual(['tick-50']);
    expect(target).toBe(77);
  });

  test('are this process’s', () => {
    const stat = '12 (a) b) S 1 34 56 0 -1';
    const macros = macroValues(new RecordedHost({ files: { '/proc/self/stat': stat } }), ['s', 'one'], {
      target: 9,
    });
    expect(macros.named).toMatchObject({ pid: BigInt(process.pid), pgid: 34n, sid: 56n, target: 9n });
    const description = {
      kind: 'probe',
      module: '',
      span: undefined as never,
      provider: 'pid$target',
      function: '$$1',
      name: '$2',
    } as const;
    expect(expandDescription(description, macros)).toMatchObject({
      provider: 'pid9',
      function: 'one',
      name: '$2',
    });
  });

  test('nobody used are told', () => {
    const unused = (script: string) =>
      engine().compile(script, { arguments: ['s', '1', '2'] }).unusedArguments;
    expect(unused('BEGIN { trace($1); }')).toEqual([2]);
    expect(unused('#pragma D option zdefs\npid1:$1:f$2:entry {}')).toEqual([]);
  });
});

describe('D libraries', () => {
  const files = {
    '/lib/a.d': '#pragma D depends_on library z.d\ninline int one = zero + 1;',
    '/lib/z.d': 'inline int zero = 0;',
    '/lib/readme.txt': 'not D',
    '/mine/z.d': 'inline int zero = 5;',
    '/mine/b.d': 'inline int two = one + 1;',
  };

  test('are read in the order of their dependencies; the first of a name counts', () => {
    const libraries = readLibraries(new RecordedHost({ files }), ['/lib', '/mine']);
    expect(libraries.map(({ name }) => name)).toEqual(['/lib/z.d', '/lib/a.d', '/mine/b.d']);
  });

  test('depend on what there is, and not on each other', () => {
    const depends = (on: string) => `#pragma D depends_on library ${on}\n`;
    const round = new RecordedHost({
      files: { '/lib/a.d': depends('b.d'), '/lib/b.d': depends('a.d') },
    });
    expect(problems(() => readLibraries(round, ['/lib']))).toEqual([
      'D_PRAGMA_DEPEND: libraries depend on each other: a.d, b.d, a.d',
    ]);
    const lost = new RecordedHost({ files: { '/lib/a.d': depends('z.d') } });
    expect(problems(() => readLibraries(lost, ['/lib']))).toEqual([
      'D_PRAGMA_DEPEND: library /lib/a.d depends on z.d, which is in no library directory',
    ]);
    expect(readLibraries(lost, ['/lib'], new Set(['z.d']))).toHaveLength(1);
  });

  test('and programs may ask for providers and modules', () => {
    const depends = (kind: string, name: string) => `#pragma D depends_on ${kind} ${name}\n`;
    const there = depends('provider', 'profile') + depends('module', 'unix');
    expect(problems(() => engine({}).compile(`${there}BEGIN { }`))).toEqual([]);
    expect(problems(() => engine({}).compile(`${depends('provider', 'zfs')}BEGIN { }`))).toEqual([
      'D_PRAGMA_DEPEND: program requires provider zfs',
    ]);
    expect(problems(() => engine({}).compile(`${depends('module', 'zfs')}BEGIN { }`))).toEqual([
      'D_PRAGMA_DEPEND: program requires module zfs',
    ]);
    // A library that asks in vain is left out.
    const libraries = {
      '/lib/zfs.d': `${depends('module', 'zfs')}inline int a = \`zfs_arc_max;`,
      '/lib/mine.d': 'inline int b = 1;',
      '/lib/more.d': '#pragma D depends_on library zfs.d\ninline int c = a;',
    };
    const use = (name: string) => () =>
      engine(libraries).compile(`BEGIN { trace(${name}); }`, { libraryPaths: ['/lib'] });
    expect(problems(use('b'))).toEqual([]);
    expect(problems(use('a'))).toHaveLength(1);
  });

  test('are nothing that a program may name', () => {
    const script = '#pragma D depends_on library net.d\nBEGIN { exit(0); }';
    expect(problems(() => engine({}).compile(script))).toEqual([
      'D_PRAGMA_DEPEND: main program may not explicitly depend on a library',
    ]);
  });

  test('pragmas are judged in a program that has other mistakes, and all are told in order', () => {
    const script = '\n#pragma D attributes wrong x\nBEGIN { x = ; }\n#pragma D nothing';
    expect(problems(() => engine({}).compile(script)).map((text) => text.split(':')[0])).toEqual([
      'D_PRAGMA_INVAL',
      'D_SYNTAX',
      'D_PRAGMA_INVAL',
    ]);
  });

  test('define what scripts use', () => {
    const request = { libraryPaths: ['/lib', '/mine'] };
    expect(problems(() => engine(files).compile('BEGIN { trace(two); }', request))).toEqual([]);
    expect(problems(() => engine(files).compile('BEGIN { trace(two); }'))).toHaveLength(1);
    const none = { ...request, options: [['nolibs', undefined]] as const };
    expect(problems(() => engine(files).compile('BEGIN { trace(two); }', none))).toHaveLength(1);
  });
});
