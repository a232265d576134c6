#!/usr/bin/env node
// Does a program stay responsive while it handles 200,000 events a second? As root: node bench/worker.mjs [rate] [seconds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { WorkerSession } from '@dtrace/core';

const rate = Number(process.argv[2] ?? 200_000);
const seconds = Number(process.argv[3] ?? 10);

/** Makes getppid() calls at that rate, as evenly as its processor lets it, and says how many. */
const WORKLOAD = `
process.stdin.once('data', () => {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const start = performance.now();
  let done = 0;
  for (;;) {
    const passed = (performance.now() - start) / 1000;
    if (passed >= ${seconds}) break;
    for (const due = passed * ${rate}; done < due; done++) process.ppid;
    Atomics.wait(pause, 0, 0, 1);
  }
  process.stdout.write(String(done), () => process.exit());
});
process.stdout.write('ready');
`;

const ms = (value) => `${(value / 1e6).toFixed(1)} ms`;

/** What other work on this machine does to any event loop, at this moment. */
const idle = monitorEventLoopDelay({ resolution: 1 });
idle.enable();
await new Promise((resolve) => setTimeout(resolve, 3000));
idle.disable();
console.log(
  `idle      50 % ${ms(idle.percentile(50))}, 99 % ${ms(idle.percentile(99))}, most ${ms(idle.max)}`,
);

const workload = spawn(process.execPath, ['-e', WORKLOAD], { stdio: ['pipe', 'pipe', 'inherit'] });
await once(workload.stdout, 'data');
const script = 'syscall::getppid:entry /pid == $1/ { trace(timestamp); trace(cpu); }';
const session = new WorkerSession(script, {
  providers: ['dtrace', 'syscall'].map((name) => import.meta.resolve(`@dtrace/provider-${name}`)),
  request: {
    arguments: ['bench', String(workload.pid)],
    options: [
      ['switchrate', '200hz'],
      ['bufsize', '16m'],
    ],
  },
});
let received = 0;
let sum = 0;
let dropped = 0;
session.on('drop', ({ count }) => {
  dropped += count;
});
const handled = (async () => {
  for await (const { actions } of session.records()) {
    received++;
    sum += actions[1].values[0];
  }
})();
await Promise.race([once(session, 'started'), session.finished]);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const started = performance.now();
workload.stdin.write('go');
let made = '';
workload.stdout.on('data', (text) => {
  made += text;
});
await once(workload, 'exit');
const took = (performance.now() - started) / 1000;
delay.disable();
await session.stop();
await handled;
const { drops } = await session.finished;
const fired = Number(made);
console.log(
  `fired     ${fired} (${Math.round(fired / took)} a second), received ${received}, dropped ${[...drops].map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
);
console.log(`reported  ${dropped} drops while tracing; sum ${sum}`);
console.log(
  `loop      50 % ${ms(delay.percentile(50))}, 99 % ${ms(delay.percentile(99))}, most ${ms(delay.max)}`,
);
const lost = [...drops.values()].reduce((total, count) => total + Number(count), 0);
if (fired !== received + lost) {
  console.error(`${fired} fired are not ${received} received and ${lost} dropped`);
  process.exitCode = 1;
}
