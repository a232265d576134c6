import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { engine, start, traced } from '../../core/test/session/programs.js';

const program = fileURLToPath(new URL('fire.cjs', import.meta.url));
const run = () => start(process.execPath, ['--no-warnings', program]);
const hasBpftrace = spawnSync('bpftrace', ['--version'], { stdio: 'ignore' }).status === 0;

describe('probes of a Node program', () => {
  test('fire with their arguments while somebody traces them', async () => {
    const running = await run();
    // Nobody traces this one.
    await running.next();
    let said = '';
    const { text } = await traced(
      `nodeshop${running.pid}:till:func:sold { printf("%s %d %d %d\\n", copyinstr(arg0), args[1], args[2], args[3]); }
       nodeshop${running.pid}:::order-made { printf("%s\\n", stringof(args[0])); }
       nodeshop${running.pid}:::long { printf("%d %d\\n", args[0], args[31]); }`,
      async () => {
        said = await running.go();
      },
    );
    expect(text.trim().split('\n')).toEqual([
      'tea 2 -2 44 -5000000000',
      '{"customer":2,"items":["tea","milk"]}',
      '100 131',
    ]);
    expect(JSON.parse(said)).toEqual({ prepared: 1, fired: [false, true, false], enabled: false });
  });

  test('are listed by every tracer, without those that were removed', async () => {
    const running = await run();
    const names = [...engine.probes(`nodeshop${running.pid}:::`)].map(({ probe }) => probe.name);
    expect(names).toEqual(['sold', 'order-made', 'long']);
    if (hasBpftrace) {
      const { stdout } = spawnSync('bpftrace', ['-l', 'usdt:*', '-p', String(running.pid)], {
        encoding: 'utf8',
      });
      expect(stdout).toMatch(/:nodeshop:sold$/m);
    }
    await running.next();
    await running.go();
  });
});
