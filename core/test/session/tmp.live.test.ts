import { expect, test } from 'vitest';
import { engine, run } from './live.js';
test('begin', async () => {
  const scripts = [
    'BEGIN { printf("hello %d\\n", 42); exit(3); }',
    'BEGIN { printf("b\\n"); } tick-10ms { printf("t %d\\n", i++); } tick-10ms /i == 3/ { exit(0); } END { printf("end\\n"); }',
    'syscall::read:entry { @[execname] = count(); } tick-200ms { exit(0); }',
    'syscall::openat:entry { printf("%s %s\\n", execname, copyinstr(arg1)); } tick-300ms { exit(0); }',
    'syscall::getppid:return { printf("%s %d %d\\n", execname, arg0, errno); } tick-300ms { exit(0); }',
    'profile-97 { @[arg0 != 0, arg1 != 0] = count(); } tick-1s { exit(0); }',
    'profile-97 /arg0/ { @[stack(3)] = count(); } tick-1s { exit(0); }',
  ];
  const t = setInterval(() => require('fs').openSync('/etc/hostname','r'), 20);
  for (const s of scripts) {
    const t0 = performance.now();
    try { console.log(s, await run(s), performance.now() - t0); } catch (e) { console.log(s, e, (e as any).log?.slice(-3000), (e as any).diagnostics); }
  }
  clearInterval(t);
});
