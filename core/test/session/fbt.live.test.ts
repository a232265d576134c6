import { closeSync, openSync, readSync } from 'node:fs';
import { hasFeature } from 'ebpf-napi';
import { expect, test } from 'vitest';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import fbt from '../../../providers/fbt/src/index.js';
import { DTrace, LocalHost } from '../../src/index.js';
import { runOn } from './live.js';

const engine = new DTrace(new LocalHost(), [dtraceProvider, fbt]);

/** Reads of this very process: the size tells them from others. */
const SCRIPT = `
  self uint64_t count;
  fbt::ksys_read:entry /pid == $target/ { self->count = args[2]; }
  fbt::ksys_read:return /pid == $target && self->count == 77/ {
    printf("%s %s %d %d %d", probemod, probefunc, self->count, (int)args[1], (int)arg1);
    exit(0);
  }`;

function read77(): void {
  const file = openSync('/proc/self/status', 'r');
  readSync(file, Buffer.alloc(77));
  closeSync(file);
}

for (const means of ['fentry', 'kprobe', 'kprobe_multi']) {
  test.skipIf(!hasFeature(means))(`entry and return of a function by ${means}`, async () => {
    const timer = setInterval(read77, 20);
    const request = { target: process.pid, options: [['fbtbackend', means] as [string, string]] };
    const { text } = await runOn(engine, SCRIPT, request).finally(() => clearInterval(timer));
    expect(text.trim()).toBe('vmlinux ksys_read 77 77 77');
  });
}

/** The kernel lets fewer programs than these onto one function by fentry. */
const MANY = 45;

test.skipIf(!hasFeature('fentry') || !hasFeature('kprobe'))(
  'a function that takes no more programs by fentry is probed by a kprobe',
  async () => {
    const compiled = engine.compile(`fbt::ksys_read:entry /pid == ${process.pid}/ { @ = count(); }`, {
      options: [['quiet', undefined]],
    });
    const kinds = () => compiled.image.programs.map(({ kind }) => kind);
    expect(kinds()).toEqual(['fentry']);
    const sessions = [];
    try {
      for (let i = 0; i < MANY; i++) {
        const session = engine.session(compiled);
        sessions.push(session);
        await session.start();
      }
      expect(kinds()).not.toContain('fentry');
      read77();
    } finally {
      for (const session of sessions) await session.stop();
    }
    for (const session of sessions) expect(session.aggregations()[0]?.rows.length).toBe(1);
  },
);
