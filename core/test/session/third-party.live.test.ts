import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import { DTrace, LocalHost, openDTrace } from '../../src/index.js';
import { defineProvider } from '../../src/provider.js';
import { runOn } from './live.js';

const config = fileURLToPath(
  new URL('../../../examples/third-party-provider/dtrace.config.json', import.meta.url),
);

/** A probe of a timer, whose arguments are strings. */
const tagged = defineProvider({
  name: 'tagged',
  create: () => ({
    name: 'tagged',
    *probes() {
      yield {
        provider: 'tagged',
        module: '',
        function: '',
        name: 'tick',
        site: { kind: 'timer', period: 10_000_000n, cpus: 'one' },
        arguments: {
          args: [
            { type: 'string', value: '"plain"' },
            { type: 'string', value: 'strjoin("made ", lltostr(40 + 2))' },
            { type: 'char *', value: '&curthread->comm[0]', translated: 'string' },
          ],
        },
      };
    },
  }),
});

describe('arguments that are strings', () => {
  test('are strings wherever they are used', async () => {
    const engine = new DTrace(new LocalHost(), [dtraceProvider, tagged]);
    const script = `tagged:::tick /args[0] == "plain"/ {
      @[args[1]] = count(); s = args[1]; a[args[1]] = strlen(args[1]);
      printf("%s %s %d %d|", args[0], substr(s, 5), a["made 42"], args[2] == execname); printa("%s", @); exit(0); }`;
    expect((await runOn(engine, script)).text.trim()).toBe('plain 42 7 1|made 42');
  });
});

describe('the example of a provider package', () => {
  let engine: DTrace;
  beforeAll(async () => {
    engine = await openDTrace({ providers: [dtraceProvider, profileProvider], config });
  });

  test('is loaded by its configuration file', () => {
    expect(engine.problems).toEqual([]);
    expect([...engine.probes('oom:::')].map(({ id, probe }) => [id, probe.name])).toEqual([
      [17, 'kill'],
      [18, 'score-adjust'],
      [19, 'sacrifice'],
    ]);
  });

  test('traces', async () => {
    // Raising one's score takes no privilege; lowering it does.
    const raise = ['100', '1000'].map((score) => `echo ${score} > /proc/$$/oom_score_adj`).join('; ');
    const target = engine.openTarget({ command: ['sh', '-c', raise] });
    const script = `
      oom:::score-adjust /arg0 == $target/ { printf("%s %d, ", args[0]->comm, args[1]); }
      oom:::sacrifice /arg0 == $target/ { printf("sacrificed"); exit(0); }`;
    const { text, status } = await runOn(engine, script, { target: target.pid }, { target });
    expect([text, status]).toEqual(['sh 100, sh 1000, sacrificed\n', 0]);
  });
});
