#!/usr/bin/env node
// node test/kill/kill.mjs [times]: kills dtrace with SIGKILL while it attaches to a process, traces it and detaches from it,
// so many times each (100), and checks each time that the process goes on, is not stopped, and has its own code back.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const dtrace = file('../../dtrace');
const PATIENCE = 60_000;

async function until(what, holds) {
  const end = Date.now() + PATIENCE;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await sleep(5);
  }
}

/** The process, and what must be true of it. */
class Target {
  static async start() {
    const folder = mkdtempSync(join(tmpdir(), 'dtrace-kill-'));
    const program = join(folder, 'target');
    const progress = join(folder, 'progress');
    writeFileSync(progress, Buffer.alloc(8));
    execFileSync('cc', ['-O2', '-pthread', '-o', program, file('target.c')]);
    const child = spawn(program, [progress], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error('the target did not start')));
    });
    return new Target(folder, progress, child);
  }

  constructor(folder, progress, child) {
    Object.assign(this, { folder, progress, child, pid: child.pid, ended: false });
    child.once('exit', () => {
      this.ended = true;
    });
    this.code = this.readCode();
  }

  close() {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }

  /** Code of the program and libc, as it is in memory. */
  readCode() {
    const maps = readFileSync(`/proc/${this.pid}/maps`, 'utf8');
    const memory = openSync(`/proc/${this.pid}/mem`, 'r');
    try {
      const parts = [...maps.matchAll(/^(\w+)-(\w+) r-xp .*\/(?:libc\.so\.6|target)$/gm)].map(
        ([, from, to]) => {
          const start = Number.parseInt(from, 16);
          const bytes = Buffer.alloc(Number.parseInt(to, 16) - start);
          readSync(memory, bytes, 0, bytes.length, start);
          return bytes;
        },
      );
      return Buffer.concat(parts);
    } finally {
      closeSync(memory);
    }
  }

  get isProbed() {
    return !this.readCode().equals(this.code);
  }

  get steps() {
    return readFileSync(this.progress).readBigUInt64LE();
  }

  async check() {
    const before = this.steps;
    await until('the target goes on', () => this.ended || this.steps > before + 1000n);
    if (this.ended) throw new Error(`the target died: ${this.child.signalCode ?? this.child.exitCode}`);
    await until('the target has its own code back', () => !this.isProbed);
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
    if (/\) [tT] /.test(stat)) throw new Error('the target is stopped');
  }
}

/** Each instruction of one function; of those with a lock, by breakpoints of the processor. */
const INSTRUCTIONS = (pid) =>
  process.arch === 'x64' ? `instr${pid}:a.out:work: { @instructions[arg1] = count(); }` : '';
const SCRIPT = (pid) => `
  BEGIN { printf("on\\n"); }
  pid${pid}:libc:str*:entry, pid${pid}:libc:malloc:return, pid${pid}:libc:free:entry { @[probefunc] = count(); }
  ${INSTRUCTIONS(pid)}`;

/** dtrace at work on the target; resolves when it says that it traces. */
function trace(pid) {
  const child = spawn(dtrace, ['-qn', SCRIPT(pid), '-x', 'switchrate=50hz'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // The launcher replaces itself by the program, which this process then kills.
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const on = new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, ended, on: Promise.race([on, ended]) };
}

async function during(phase, target, timing) {
  const { child, ended, on } = trace(target.pid);
  if (phase === 'attaching') {
    // From the first place that is probed on, at the latest when all are.
    await until('attaching begins', () => target.isProbed || child.exitCode !== null);
    await sleep(Math.random() * 3);
  } else {
    await on;
    await sleep(Math.random() * timing);
    if (phase === 'detaching') {
      child.kill('SIGINT');
      await sleep(Math.random() * timing);
    }
  }
  child.kill('SIGKILL');
  await ended;
  await target.check();
}

export const PHASES = ['attaching', 'tracing', 'detaching'];

/** Throws when the target did not survive. */
export async function killDtrace(times, { phases = PHASES, say = () => {} } = {}) {
  const target = await Target.start();
  try {
    await target.check();
    for (const phase of phases) {
      for (let i = 0; i < times; i++) await during(phase, target, 40);
      say(`killed ${times} times while ${phase}: the target goes on untouched`);
    }
  } finally {
    target.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await killDtrace(Number(process.argv[2] ?? 100), { say: console.log });
}
