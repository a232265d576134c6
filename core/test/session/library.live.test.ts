/** Our own D library against what this process knows of itself. */
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readlinkSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../compiler/evaluate.js';

describe('the D library', () => {
  it('knows the process and the thread', async () => {
    expect(await evaluate('curpsinfo->pr_pid')).toBe(process.pid);
    expect(await evaluate('curpsinfo->pr_ppid')).toBe(process.ppid);
    expect(await evaluate('curpsinfo->pr_uid')).toBe(process.getuid?.());
    expect(await evaluate('curpsinfo->pr_psargs')).toContain('node');
    expect(await evaluate('curpsinfo->pr_argc')).toBeGreaterThan(0);
    const first = (vector: string) => `copyinstr(*(uintptr_t *)copyin(curpsinfo->${vector}, 8))`;
    expect(await evaluate(first('pr_argv'))).toContain('node');
    expect(await evaluate(first('pr_envp'))).toMatch(/^[A-Za-z_]\w*=/);
    expect(await evaluate('curlwpsinfo->pr_clname')).toBe('TS');
    expect(await evaluate('curpsinfo->pr_zoneid')).toBe(0);
    expect(await evaluate('curlwpsinfo->pr_lwpid == tid')).toBe(1);
    expect(await evaluate('curcpu->cpu_id == cpu')).toBe(1);
    expect(await evaluate('zonename')).toBe('global');
    expect(await evaluate('chip == curcpu->cpu_chip && pset == 0 && lgrp == curcpu->cpu_lgrp')).toBe(1);
  });

  it('knows files and folders', async () => {
    expect(await evaluate('cwd')).toBe(process.cwd());
    expect(await evaluate('root')).toBe('/');
    const folder = mkdtempSync(join(tmpdir(), 'dtrace-'));
    const path = join(folder, 'some file');
    const fd = openSync(path, 'w');
    try {
      expect(await evaluate(`fds[${fd}].fi_pathname`)).toBe(path);
      expect(await evaluate(`fds[${fd}].fi_dirname`)).toBe(folder);
      expect(await evaluate(`fds[${fd}].fi_name`)).toBe('some file');
      expect(await evaluate(`fds[${fd}].fi_oflags & O_ACCMODE`)).toBe(1);
      expect(await evaluate('fds[900].fi_name')).toBe('<none>');
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  });

  it('knows pipes and sockets by their number', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const fd = (server as unknown as { _handle: { fd: number } })._handle.fd;
      const name = readlinkSync(`/proc/self/fd/${fd}`);
      expect(name).toMatch(/^socket:/);
      expect(await evaluate(`fds[${fd}].fi_pathname`)).toBe(name);
      expect(await evaluate(`fds[${fd}].fi_name`)).toBe(name);
      expect(await evaluate(`fds[${fd}].fi_dirname`)).toBe('<none>');
    } finally {
      server.close();
    }
  });

  it('names numbers', async () => {
    expect(await evaluate('ENOENT')).toBe(2);
    expect(await evaluate('SIGKILL')).toBe(9);
    expect(await evaluate('AF_INET6')).toBe(10);
    expect(await evaluate('DTRACEFLT_BADADDR')).toBe(1);
  });
});
