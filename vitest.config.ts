import { defineConfig } from 'vitest/config';

const src = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig({
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  resolve: {
    // Tests run on the sources: no build step between an edit and its test.
    alias: [
      { find: /^ebpf-napi$/, replacement: src('ebpf-napi/src/index.ts') },
      { find: /^ebpf-napi\/(asm|btf)$/, replacement: src('ebpf-napi/src/$1/index.ts') },
      { find: /^@dtrace\/probe-objects$/, replacement: src('probe-objects/src/index.ts') },
      { find: /^@dtrace\/node-provider$/, replacement: src('node-usdt/src/index.ts') },
      { find: /^@dtrace\/core$/, replacement: src('core/src/index.ts') },
      { find: /^@dtrace\/core\/(.+)$/, replacement: src('core/src/$1.ts') },
      { find: /^@dtrace\/broker$/, replacement: src('broker/src/index.ts') },
      { find: /^@dtrace\/tester$/, replacement: src('tester/src/index.ts') },
      { find: /^@dtrace\/provider-([a-z]+)$/, replacement: src('providers/$1/src/index.ts') },
    ],
  },
  test: {
    pool: 'threads',
    isolate: false,
    // Property tests on a machine that is busy with live tests and a guest.
    testTimeout: 30_000,
    include: [
      '{ebpf-napi,probe-objects,node-usdt,core,broker,cli,tester,providers/*,examples/*}/test/**/*.test.ts',
      'test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.live.test.ts'],
  },
});
