// The house rules: which room may import from which. The table is the design's; a new room starts with a line here.
const rooms = {
  'ebpf-napi': [],
  'probe-objects': [],
  'node-usdt': ['probe-objects'],
  'core/src/language': [],
  'core/src/probes': ['core/src/language'],
  'core/src/compiler': ['core/src/language', 'core/src/probes', 'ebpf-napi'],
  'core/src/host': ['ebpf-napi', 'core/src/language'],
  'core/src/consumer': ['core/src/compiler', 'core/src/probes', 'core/src/language'],
  // The attaching half of a site kind is an interface that packages implement.
  'core/src/plugins': [
    'core/src/probes',
    'core/src/language',
    'core/src/consumer',
    'core/src/host',
    'core/src/session/site-attacher',
  ],
  'core/src/session': [
    'core/src/language',
    'core/src/probes',
    'core/src/compiler',
    'core/src/host',
    'core/src/consumer',
    'core/src/plugins',
    'ebpf-napi',
  ],
  // Reads texts as programs are read, and stops where those are compiled.
  'core/src/authoring': [
    'core/src/language',
    'core/src/probes',
    'core/src/host',
    'core/src/session',
    'probe-objects',
  ],
  'core/src/images': [
    'core/src/session',
    'core/src/language',
    'core/src/probes',
    'core/src/compiler',
    'core/src/host',
    'ebpf-napi',
  ],
  'core/src/worker': [
    'core/src/dtrace',
    'core/src/session',
    'core/src/compiler',
    'core/src/consumer',
    'core/src/plugins',
  ],
  broker: ['core', 'ebpf-napi'],
  cli: ['core', 'broker', 'providers', 'ebpf-napi'],
  tester: ['core', 'providers'],
};

// Tests may reach into the rooms they test.
const source = (room) => (room.includes('/') ? room : `${room}/(src|dist)`);
const own = '^(ebpf-napi|probe-objects|node-usdt|core|broker|cli|providers|tester|examples)/';

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `room ${room}`,
  comment: `${room} may import ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^${source(room)}/` },
  to: { path: own, pathNot: `^(${[room, ...allowed].join('|')})[/.]` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'no cycles',
      severity: 'error',
      // Types may refer to each other. So may the files of a walk over a recursive language: an expression holds
      // a call that holds expressions. They use each other when called, never while loading.
      from: { pathNot: '^core/src/(compiler|language/checker)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'providers use the public interface',
      comment:
        'a provider here can do nothing that a provider elsewhere cannot; its tests share the engine they run on',
      severity: 'error',
      from: { path: '^(providers|examples)/', pathNot: '/test/' },
      to: {
        path: own,
        pathNot: ['^core/(src|dist)/(index|provider)\\.(ts|d\\.ts|js)$', '^(providers|examples)/'],
      },
    },
    {
      name: 'providers do not know each other',
      severity: 'error',
      from: { path: '^providers/([^/]+)/' },
      to: { path: '^providers/', pathNot: '^providers/$1/' },
    },
    {
      name: 'the compiler is pure',
      comment: 'same input, same bytes: it uses the instruction builder and reads no machine',
      severity: 'error',
      from: { path: '^core/src/(compiler|language|probes)/' },
      to: { path: ['^ebpf-napi/(src|dist)/(?!asm/)', '^(node:)?(fs|child_process|os|net|http)$'] },
    },
    {
      name: 'imports resolve',
      severity: 'error',
      from: { pathNot: '/test/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['/dist/.*\\.map$'] },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default', 'types'] },
  },
};
