import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { build, engine, start, traced } from './programs.js';

const SOURCE = `
#include <signal.h>
#include <sys/syscall.h>
static volatile int signals;
static void count(int n) { signals++; }
int main(void) {
  char said[16] = "nobody";
  signal(SIGUSR1, count);
  ready();
  for (int i = 0; i < 3; i++) syscall(SYS_getpriority, 0, 0, said);
  printf("%d %s\\n", signals, said);
  return 0;
}`;

const DESTRUCTIVE = { options: [['destructive', undefined]] } as const;
const HERE = (pid: number) => `syscall::getpriority:entry /pid == ${pid}/`;

describe('actions on the process', () => {
  test.skipIf(!engine.host.has('send_signal'))('stop() stops it until somebody lets it go on', async () => {
    const { pid, go } = await start(build('acted', SOURCE));
    let said = '';
    const { text } = await traced(
      `${HERE(pid)} { stop(); printf("stopped\\n"); system("kill -CONT %d", pid); }`,
      async () => {
        said = await go();
      },
      DESTRUCTIVE,
    );
    expect(said).toBe('0 nobody\n');
    expect(text.trim().split('\n')).toEqual(['stopped', 'stopped', 'stopped']);
  });

  test.skipIf(!engine.host.has('send_signal'))('it stays stopped meanwhile', async () => {
    const { pid, go } = await start(build('acted', SOURCE));
    const state = () => /^State:\s*(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    await traced(
      `${HERE(pid)} { stop(); }`,
      async () => {
        const ended = go();
        for (let stops = 0; stops < 3; stops++) {
          await expect.poll(state, { timeout: 60_000, interval: 5 }).toBe('T');
          process.kill(pid, 'SIGCONT');
        }
        expect(await ended).toBe('0 nobody\n');
      },
      DESTRUCTIVE,
    );
  });

  test.skipIf(!engine.host.has('send_signal'))('raise() sends it a signal each time', async () => {
    const { pid, go } = await start(build('acted', SOURCE));
    let said = '';
    await traced(
      `${HERE(pid)} { raise(10); }`,
      async () => {
        said = await go();
      },
      DESTRUCTIVE,
    );
    expect(said).toBe('3 nobody\n');
  });

  test.skipIf(!engine.host.has('probe_write_user'))('copyoutstr() writes to it', async () => {
    const { pid, go } = await start(build('acted', SOURCE));
    let said = '';
    await traced(
      `${HERE(pid)} { copyoutstr("dtrace", arg2, 16); }`,
      async () => {
        said = await go();
      },
      DESTRUCTIVE,
    );
    expect(said).toBe('0 dtrace\n');
  });

  test.skipIf(!engine.host.has('iter_num'))(
    'chill() holds it up, half a second in a second at most',
    async () => {
      const { pid, go } = await start(build('acted', SOURCE));
      const { text } = await traced(
        `${HERE(pid)} { self->start = timestamp; chill(1000000); }
       syscall::getpriority:return /self->start/ { printf("%d\\n", timestamp - self->start >= 1000000); }
       ${HERE(pid)} { chill(600000000); printf("never\\n"); }
       ERROR { printf("refused\\n"); }`,
        go,
        DESTRUCTIVE,
      );
      expect(text.trim().split('\n').sort()).toEqual(['1', '1', '1', 'refused', 'refused', 'refused']);
    },
  );
});
