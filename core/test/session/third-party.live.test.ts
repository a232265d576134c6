import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import { type DTrace, openDTrace } from '../../src/index.js';
import { runOn } from './live.js';

const config = fileURLToPath(
  new URL('../../../examples/third-party-provider/dtrace.config.json', import.meta.url),
);

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
