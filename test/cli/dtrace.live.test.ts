import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const dtrace = new URL('../../dtrace', import.meta.url).pathname;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const options = { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 50_000 } as const;
  const { stdout, stderr, status } = spawnSync(dtrace, args, options);
  return { stdout, stderr, status };
}
const script = (text: string, name = 'script.d') => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('dtrace command', () => {
  it('says how many probes matched, prints columns, ends with the status of exit()', () => {
    const { stdout, stderr, status } = run(['-n', 'BEGIN { trace("hello"); exit(3); }']);
    expect(stderr).toBe("dtrace: description 'BEGIN ' matched 1 probe\n");
    expect(stdout).toMatch(/^CPU {5}ID {20}FUNCTION:NAME\n +\d+ +1 +:BEGIN +hello +\n\n$/);
    expect(status).toBe(3);
  });

  it('prints only what the script prints under -q', () => {
    expect(run(['-qn', 'BEGIN { printf("%d\\n", 6 * 7); exit(0); }'])).toEqual({
      stdout: '42\n\n',
      stderr: '',
      status: 0,
    });
  });

  it('leaves out what differs from run to run when tested', () => {
    const { stdout } = run(['-n', 'BEGIN { trace(1); exit(0); }'], { _DTRACE_TESTING: 't' });
    expect(stdout.split('\n')[0]).toBe(`${' '.repeat(19)}FUNCTION:NAME`);
  });

  it('runs scripts with macro arguments', () => {
    const path = script('#pragma D option quiet\nBEGIN { printf("%s %d %s\\n", $$1, $2, $$0); exit(0); }\n');
    expect(run(['-s', path, 'one', '2']).stdout).toBe(`one 2 ${path}\n\n`);
  });

  it('runs clauses in the order of the command line', () => {
    const path = script('BEGIN { printf("b"); }');
    const { stdout } = run([
      '-q',
      '-n',
      'BEGIN { printf("a"); }',
      '-s',
      path,
      '-n',
      'BEGIN { printf("c"); exit(0); }',
    ]);
    expect(stdout).toBe('abc\n');
  });

  it('writes other formats, and names those there are', () => {
    const csv = run(['--format', 'csv', '-qn', 'BEGIN { @["x", 1] = sum(41); exit(0); }']);
    expect(csv.stdout).toBe('aggregation,function,key1,key2,value\r\n,sum,x,1,41\r\n');
    const stacks = '--format folded -qn BEGIN{@[execname,stack()]=count();exit(0);}'.split(' ');
    expect(run(stacks).stdout).toMatch(/^dtrace;.*vmlinux`\S+ 1\n$/);
    expect(run(['--format', 'xml', '-n', 'BEGIN {}'])).toMatchObject({
      stderr: expect.stringContaining("unknown format 'xml': there are text, json, csv") as string,
      status: 2,
    });
    expect(run(['--format', 'top', '-qn', 'BEGIN {}'])).toMatchObject({
      stderr: expect.stringContaining('format top needs a terminal to draw on') as string,
      status: 1,
    });
  });

  it('adds to the file of -o', () => {
    const output = join(folder, 'out');
    writeFileSync(output, 'before\n');
    expect(run(['-qo', output, '-n', 'BEGIN { printf("text\\n"); exit(0); }']).stdout).toBe('');
    expect(readFileSync(output, 'utf8')).toBe('before\ntext\n\n');
  });

  it('counts the system calls of a command exactly', () => {
    const program = 'syscall::getppid:entry /pid == $target/ { @ = count(); }';
    const command = `${process.execPath} -e for(let/**/i=0;i<1000;i++)process.ppid`;
    const { stdout, status } = run(['-qn', program, '-c', command]);
    expect(stdout.trim()).toBe('1000');
    expect(status).toBe(0);
  });

  it('leaves the standard files to the command it runs', () => {
    expect(run(['-qn', 'BEGIN {}', '-c', 'ls -d / /nonexistent'])).toMatchObject({
      stdout: expect.stringMatching(/^\/\n/) as string,
      stderr: expect.stringContaining('nonexistent') as string,
    });
  });

  it('ends when the process of -p ends', async () => {
    const child = spawn('sleep', ['1']);
    const { status, stderr } = run(['-qn', 'tick-30s { exit(7); }', '-p', String(child.pid)]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('lists probes', () => {
    const { stdout, status } = run(['-l', '-P', 'dtrace']);
    expect(stdout.split('\n')[0]).toBe(
      '   ID   PROVIDER            MODULE                          FUNCTION NAME',
    );
    expect(
      stdout
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/ +/).join(' ')),
    ).toEqual(['1 dtrace BEGIN', '2 dtrace END', '3 dtrace ERROR']);
    expect(status).toBe(0);
  });

  it('lists all probes the same from what the last listing kept, and anew when asked for more', () => {
    const listings = [run(['-l']), run(['-l']), run(['-x', 'quiet', '-l'])];
    expect(new Set(listings.map(({ stdout }) => stdout)).size).toBe(1);
    const config = new URL('../../examples/third-party-provider/dtrace.config.json', import.meta.url)
      .pathname;
    const { stdout } = run(['-l'], { DTRACE_CONFIG: config });
    expect(stdout).toMatch(/ oom +vmlinux +kill\n/);
    expect(run(['-l']).stdout).toBe(listings[0]!.stdout);
  });

  it('compiles only under -e', () => {
    expect(run(['-e', '-n', 'BEGIN { exit(5); }'])).toMatchObject({ stdout: '', status: 0 });
  });

  it('shows programs under -S', () => {
    const { stderr } = run(['-S', '-e', '-n', 'BEGIN { exit(0); }']);
    expect(stderr).toMatch(/exit/);
  });

  it('takes options from the environment', () => {
    const { stdout } = run(['-n', 'BEGIN { printf("x"); exit(0); }'], { DTRACE_OPT_QUIET: '' });
    expect(stdout).toBe('x\n');
  });

  it('finds a provider that the configuration names', () => {
    const config = new URL('../../examples/third-party-provider/dtrace.config.json', import.meta.url)
      .pathname;
    const { stdout, stderr } = run(['-x', `config=${config}`, '-l', '-P', 'oom']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/ oom +vmlinux +kill\n/);
  });

  it('writes JSON', () => {
    const { stdout } = run(['--format', 'json', '-n', 'BEGIN { printf("x"); exit(4); }']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map(({ type }) => type)).toEqual(['format', 'probe', 'exit']);
  });
});

describe('dtrace command, when things go wrong', () => {
  it.each([
    [['-n'], 2, /^dtrace: option requires an argument -- n\nUsage: dtrace /],
    [['-y'], 2, /^dtrace: invalid option -- 'y'\nUsage: dtrace /],
    [[], 2, /^Usage: dtrace /],
    [['-l', '-V'], 2, /^dtrace: only one of/],
    [['-A'], 1, /^dtrace: -A: .*\n$/],
    [['-s', '/nonexistent'], 1, /^dtrace: failed to open \/nonexistent: No such file or directory\n$/],
    [['-x', 'nosuch', '-n', 'BEGIN'], 1, /^dtrace: failed to set -x nosuch: Invalid option name\n$/],
    [
      ['-b', 'huge', '-n', 'BEGIN'],
      1,
      /^dtrace: failed to set -b huge: Invalid value for specified option\n$/,
    ],
    [['-p', 'x', '-n', 'BEGIN'], 1, /^dtrace: invalid pid: x\n$/],
    [
      ['-n', 'nosuch:::probe'],
      1,
      /^dtrace: invalid probe specifier nosuch:::probe: probe description nosuch:::probe does not match any probes\n/,
    ],
    [['-n', 'BEGIN { trace(1) '], 1, /^dtrace: invalid probe specifier BEGIN \{ trace\(1\) : /],
    [
      ['-Zn', 'nosuch:::probe', '-c', '/bin/true'],
      0,
      /^dtrace: description 'nosuch:::probe' matched 0 probes\n$/,
    ],
    [
      ['-n', 'BEGIN { exit(0); }', '-c', '/nonexistent'],
      1,
      /^dtrace: failed to execute \/nonexistent: No such file or directory\n$/i,
    ],
    [
      ['-o', '/nonexistent/x', '-n', 'BEGIN { exit(0); }'],
      1,
      /^dtrace: failed to open output file '\/nonexistent\/x': No such file or directory\n$/,
    ],
  ])('%j', (args, status, stderr) => {
    const result = run(args);
    expect(result.stderr).toMatch(stderr);
    expect(result.status).toBe(status);
    expect(result.stdout.trim()).toBe('');
  });

  it('names the line of a script, shows it, and gives the tag when asked', () => {
    const path = script('BEGIN\n{\n\ttrace(nosuch);\n}\n');
    const { stderr, status } = run(['-s', path]);
    expect(stderr).toContain(`dtrace: failed to compile script ${path}: line 3: `);
    expect(stderr).toMatch(/3 \| \ttrace\(nosuch\);\n.*\^{6}/);
    expect(status).toBe(1);
    const tagged = run(['-xerrtags', '-s', path], { _DTRACE_TESTING: 't' }).stderr;
    expect(tagged).toMatch(/^dtrace: failed to compile script .*: \[D_IDENT_UNDEF\] line 3: .*\n$/);
  });

  it.skipIf(!existsSync('/dev/full'))('says so when there is no room for the output', () => {
    const { stderr, status } = run(['-qo', '/dev/full', '-n', 'BEGIN { printf("x"); exit(0); }']);
    expect(stderr).toBe('dtrace: failed to write to /dev/full: No space left on device\n');
    expect(status).toBe(1);
  });

  it('ends in silence when nobody reads its output', () => {
    const command = `${dtrace} -qn 'tick-1000hz { printf("line\\n"); } tick-20s { exit(9); }' | head -1`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
    expect(stdout).toBe('line\n');
    expect(stderr).toBe('');
  });

  it('runs END and prints aggregations when interrupted', async () => {
    const program = 'BEGIN { printf("ready\\n"); } tick-1000hz { @ = count(); } END { printf("end\\n"); }';
    const child = spawn(dtrace, ['-qn', program]);
    const exit = new Promise((resolve) => child.on('exit', resolve));
    let output = '';
    for await (const data of child.stdout) {
      if (output === '') setTimeout(() => child.kill('SIGINT'), 100);
      output += data;
    }
    expect(output).toMatch(/^ready\n\nend\n\n +\d+\n$/);
    expect(await exit).toBe(0);
  });
});
