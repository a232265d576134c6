import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decide } from '../src/daemon/decide.js';
import { BUILT_IN, parsePolicy } from '../src/daemon/policy.js';
import { readPolicy } from '../src/daemon/policy-file.js';

const client = (uid: number, groups: readonly number[] = []) => ({ pid: process.pid, uid, gid: uid, groups });

describe('a policy', () => {
  it('is read line by line; the first line about somebody holds', () => {
    const rules = parsePolicy(
      `# comment
user 5 none
group 7 dtrace_kernel destructive memory=2m runtime=1h probes=io:::,sched:::  # and more
everyone dtrace_user`,
      'conf',
    );
    expect(rules.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(() => decide(client(5, [7]), rules)).toThrow('may not trace');
    const grant = decide(client(6, [7]), rules);
    expect(grant.privileges).toMatchObject({ destructive: true, withoutProviders: ['pid', 'usdt', 'instr'] });
    expect(grant.privileges.owner).toBeUndefined();
    expect(grant.privileges.probes?.map(({ provider }) => provider)).toEqual(['io', 'sched']);
    expect(grant.limits).toMatchObject({ memory: 2 ** 21, runtime: 3600 });
    expect(decide(client(8), rules).privileges).toMatchObject({
      destructive: false,
      owner: { uid: 8, gid: 8 },
      providers: ['dtrace', 'profile', 'syscall'],
    });
  });

  it.each([
    ['user', 'the name of a user expected'],
    ['user a', 'privileges expected'],
    ['users a dtrace_user', "'users': user, group or everyone expected"],
    ['user a dtrace_root', "'dtrace_root' is no privilege and no limit"],
    ['user a none dtrace_user', 'none alone'],
    ['user a dtrace_user memory=', 'memory=: a number above 0'],
    ['user a dtrace_user memory=0', 'memory=0: a number above 0'],
    ['user a dtrace_user memory=1x', 'memory=1x: a number above 0 (k, m, g) expected'],
    ['user a dtrace_user sessions=-1', 'sessions=-1: a number above 0'],
    ['user a dtrace_user toString=1', "'toString=1' is no privilege"],
    ['user a dtrace_user __proto__=1', "'__proto__=1' is no privilege"],
    ['user a dtrace_user probes=a:b:c:d:e', "'a:b:c:d:e' is no probe description"],
  ])('of which a line is wrong is no policy: %s', (line, problem) => {
    expect(() => parsePolicy(`everyone dtrace_user\n${line}`, 'conf')).toThrow(`conf:2: `);
    expect(() => parsePolicy(`everyone dtrace_user\n${line}`, 'conf')).toThrow(problem);
  });

  it('lets root alone trace where there is no file', () => {
    expect(readPolicy('/nonexistent/dtrace.conf')).toEqual([BUILT_IN]);
    expect(() => decide(client(1), [BUILT_IN])).toThrow('may not trace');
  });

  it('is not read from a file that others can write, or through a link', () => {
    const folder = mkdtempSync(join(tmpdir(), 'policy-'));
    const file = join(folder, 'conf');
    const link = join(folder, 'link');
    try {
      writeFileSync(file, 'everyone dtrace_kernel\n');
      symlinkSync(file, link);
      chmodSync(file, 0o666);
      expect(() => readPolicy(file)).toThrow('must belong to root');
      expect(() => readPolicy(link)).toThrow('cannot be read');
      expect(() => readPolicy(folder)).toThrow('is no file');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is for processes of its own user namespace', () => {
    expect(() => decide({ ...client(1), pid: 0 }, parsePolicy('everyone dtrace_user', ''))).toThrow(
      'user namespace',
    );
  });
});
