/** Behaviour that other implementations' test suites look at. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const dtrace = new URL('../../dtrace', import.meta.url).pathname;

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const options = { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 50_000 } as const;
  const { stdout, stderr, status } = spawnSync(dtrace, args, options);
  return { stdout, stderr, status };
}
const testing = { _DTRACE_TESTING: 't' };

describe('conformance', () => {
  it('accepts every option DTrace ever had from the environment', () => {
    const env = {
      DTRACE_OPT_DEBUGASSERT: 'mutexes',
      DTRACE_OPT_DOFSTASHPATH: '/tmp',
      DTRACE_OPT_SYSLIBDIR: '/x',
    };
    expect(run(['-qn', 'BEGIN { exit(0); }'], env)).toMatchObject({ stderr: '', status: 0 });
  });

  it('runs no clause after the one that called exit(), but all of END', () => {
    const script =
      'BEGIN { exit(0); } BEGIN { printf("no"); } END { printf("e"); exit(1); } END { printf("f"); }';
    expect(run(['-qn', script], testing).stdout.trim()).toBe('ef');
  });

  it('runs no clause after ERROR called exit()', () => {
    const script = 'BEGIN { trace(*(int *)64); } BEGIN { printf("no"); exit(2); } ERROR { exit(3); }';
    expect(run(['-qn', script], testing)).toMatchObject({ stdout: '\n', status: 3 });
  });

  it('traces the firing of a probe whose braces are empty', () => {
    expect(run(['-n', 'BEGIN { } BEGIN { exit(0); }'], testing).stdout.match(/:BEGIN/g)).toHaveLength(2);
  });

  it('compiles destructive actions without permission and refuses to enable them', () => {
    const script = 'BEGIN { system("true"); exit(0); }';
    expect(run(['-en', script]).status).toBe(0);
    expect(run(['-qn', script])).toMatchObject({
      stderr: 'dtrace: could not enable tracing: Destructive actions not allowed\n',
      status: 1,
    });
  });

  it('says where in the program a fault happened', () => {
    const { stderr } = run(['-qn', 'BEGIN { trace(*(int *)64); } ERROR { exit(0); }']);
    expect(stderr).toMatch(/invalid address \(0x40\).* at BPF pc [1-9]\d*/);
  });

  it('holds as many characters as strsize says', () => {
    const script = 'BEGIN { s = "abcdefgh"; printf("%s %d", s, sizeof(string)); exit(0); }';
    expect(run(['-qx', 'strsize=5', '-n', script]).stdout).toContain('abcde 5');
    const raw = run(['-qx', 'strsize=5', '-x', 'rawbytes', '-n', 'BEGIN { trace("ab"); exit(0); }']).stdout;
    expect(raw).toMatch(/ 0: 61 62 00 00 00 00 {2}/);
  });

  it('prints floating point variables as such', () => {
    expect(run(['-qn', 'double d; BEGIN { printf("%f", d); exit(0); }']).stdout).toContain('0.000000');
  });

  it('stores whole records in members of records', () => {
    const script = `struct v { int x; int y; }; struct p { struct v place; struct v speed; }; struct p P; this struct p q;
      struct v A; BEGIN { A.x = 13; A.y = 14; P.speed = A; this->q.place = A;
      printf("%d %d %d %d", P.speed.x, P.speed.y, this->q.place.x, this->q.place.y); exit(0); }`;
    expect(run(['-qn', script]).stdout).toContain('13 14 13 14');
  });

  it.runIf(cpus().length > 1)('traces on one CPU under -x cpu', () => {
    for (const cpu of [0, 1]) {
      const script = 'BEGIN { printf("%d", cpu); } profile-97 { printf("%d", cpu); } tick-100ms { exit(0); }';
      expect(run(['-qx', `cpu=${cpu}`, '-n', script]).stdout.trim()).toMatch(new RegExp(`^${cpu}+$`));
    }
  });

  it('ends the command it started when tracing ends', async () => {
    const script = 'tick-100ms { printf("%d", $target); exit(0); }';
    const pid = Number(run(['-qn', script, '-c', 'sleep 30']).stdout);
    expect(pid).toBeGreaterThan(0);
    // Nobody may have waited for it yet, but it runs no more.
    const state = () => (existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'latin1') : '');
    await expect.poll(state, { timeout: 2000 }).toMatch(/^$|\) Z /);
  });

  it('does not trace the exec and the loader of a command, unless evaltime says so', () => {
    const script = 'proc:::exec-success /pid == $target/ { printf("seen"); }';
    expect(run(['-qn', script, '-c', '/bin/true']).stdout).not.toContain('seen');
    expect(run(['-x', 'evaltime=exec', '-qn', script, '-c', '/bin/true']).stdout).toContain('seen');
  });

  it('names the library that is wrong, and where', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dtrace-library-'));
    writeFileSync(join(folder, 'bad.d'), 'BEGIN {\n  no_such_action();\n}\n');
    const { stderr } = run(['-x', `libdir=${folder}`, '-n', 'BEGIN { exit(0); }'], testing);
    rmSync(folder, { recursive: true });
    expect(stderr).toContain(`"${join(folder, 'bad.d')}", line 2: undefined function name: no_such_action`);
  });

  it('refuses options that mean nothing here, and says why', () => {
    const { stderr, status } = run(['-x', 'grabanon', '-n', 'BEGIN { exit(0); }']);
    expect([stderr, status]).toEqual([
      'dtrace: failed to set -x grabanon: anonymous tracing (from boot on) is not possible with eBPF programs\n',
      1,
    ]);
  });

  it('holds clauses to -x amin, and reports what it is held against', () => {
    const amin = ['-x', 'amin=Evolving/Evolving/Common', '-x', 'errtags'];
    const { stderr } = run([...amin, '-qn', 'BEGIN { exit(0); }'], testing);
    expect(stderr).toContain('[D_ATTR_MIN] attributes for clause (Unstable/Unstable/Common) are less than');
    expect(run([...amin, '-qn', 'dtrace:::BEGIN { exit(0); }']).status).toBe(0);
    expect(run(['-ven', 'BEGIN { exit(0); }']).stdout).toMatch(
      /Description Attributes\n\t\tIdentifier Names: Unstable/,
    );
  });

  it("tells the kernel's report and its own steps when asked", () => {
    const { stderr } = run(['-x', 'bpflog', '-x', 'debug', '-qn', 'BEGIN { exit(0); }']);
    expect(stderr).toMatch(/^BPF: processed \d+ insns/m);
    expect(stderr).toMatch(/^dtrace DEBUG \d+: compiled 1 clauses: 1 programs/m);
  });

  it('refuses buffers there is no memory for when they are not to be made smaller', () => {
    const script = 'BEGIN { exit(0); }';
    expect(run(['-b', '100t', '-x', 'bufresize=manual', '-qn', script]).stderr).toBe(
      'dtrace: could not enable tracing: Memory allocation failure\n',
    );
  });

  it('prints places in files instead of functions under -x noresolve', () => {
    const script = 'syscall::close:entry /pid == $target/ { usym(ucaller); exit(0); }';
    expect(run(['-x', 'noresolve', '-qn', script, '-c', '/bin/cat /dev/null']).stdout).toMatch(
      /^ +\S+:0x[0-9a-f]+ *$/m,
    );
  });
});
