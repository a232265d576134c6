import { closeSync, openSync, readSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { engine } from '../../../core/test/session/programs.js';

const { host } = engine;

/** Of this very process, over and over. */
function whileReading<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    const file = openSync('/proc/self/status', 'r');
    readSync(file, Buffer.alloc(77));
    closeSync(file);
  }, 20);
  return work.finally(() => clearInterval(timer));
}

const run = (script: string, options: readonly (readonly [string, string])[] = []) =>
  whileReading(runOn(engine, script, { target: process.pid, options }));

describe.runIf(process.arch === 'x64' && host.has('kprobe'))('instructions of the kernel', () => {
  const names = () => [...engine.probes('instr:vmlinux:vfs_read:')].map(({ probe }) => probe.name);

  test('are listed, from the first to the last', () => {
    const found = names();
    expect(found.length).toBeGreaterThan(30);
    expect(found[0]).toMatch(/-0$/);
    expect(found.at(-1)).not.toMatch(/^(nop|trap)/);
    expect([...engine.probes('instr:vmlinux:vfs_read:call-*')].length).toBeGreaterThan(1);
    // What handles probes must not be probed.
    expect([...engine.probes('instr:vmlinux:do_int3:')]).toEqual([]);
  });

  test('calls lead to functions', async () => {
    const { text } = await run(
      `instr:vmlinux:vfs_read:call-* /pid == $target && arg1 == 1/ { @[func(args[2])] = count(); n++; }
       instr:vmlinux:vfs_read:call-* /pid == $target && n > 20/ { exit(0); }`,
    );
    const targets = text
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[0]);
    expect(targets.length).toBeGreaterThan(1);
    for (const target of targets) expect(target).toMatch(/^vmlinux`\w+$/);
    expect(targets).toContain('vmlinux`rw_verify_area');
  });

  test("each tells its own address; memory is the kernel's", async () => {
    const [first, second] = names();
    const { text } = await run(
      `instr:vmlinux:vfs_read:${first},instr:vmlinux:vfs_read:${second} /pid == $target/ {
         printf("%s %a %d\\n", probename, func(arg0), regs[R_RIP] - arg0 < 16);
       }
       instr:vmlinux:vfs_read:store-*,instr:vmlinux:vfs_read:push-* /pid == $target/ {
         printf("memory %d\\n", arg3 > 0xffff800000000000);
         n++;
       }
       instr:vmlinux:vfs_read:store-*,instr:vmlinux:vfs_read:push-* /pid == $target && n > 20/ { exit(0); }`,
    );
    const lines = new Set(text.trim().split('\n'));
    expect([...lines].sort()).toEqual(
      [
        'memory 1',
        `${first} vmlinux\`vfs_read 1`,
        `${second} vmlinux\`vfs_read+0x${second?.split('-')[1]} 1`,
      ].sort(),
    );
  });

  test('whether branches are taken: what follows is where they lead', async () => {
    const { text } = await run(
      `self uintptr_t next;
       instr:vmlinux:rw_verify_area: /pid == $target && self->next != 0/ { @[self->next == arg0 ? "right" : "wrong"] = count(); }
       instr:vmlinux:rw_verify_area: /pid == $target/ { self->next = 0; }
       instr:vmlinux:rw_verify_area:jcc-* /pid == $target/ { self->next = arg1 ? arg2 : arg0 + arg5; n++; }
       instr:vmlinux:rw_verify_area:jcc-* /pid == $target && n > 50/ { exit(0); }`,
    );
    expect(text.trim().split(/\s+/)[0]).toBe('right');
    expect(text).not.toContain('wrong');
  });
});

describe.runIf(process.arch === 'x64' && !host.has('kprobe'))('without kprobes', () => {
  test('there are none, and it is said why', () => {
    expect([...engine.probes('instr:vmlinux:rw_verify_area:')]).toEqual([]);
    expect(engine.registry.explain({ provider: 'instr', module: '', function: '', name: '' })).toMatch(
      /^the kernel has no kprobes/,
    );
  });
});
