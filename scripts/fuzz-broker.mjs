// Sends dtraced whatever comes to mind: node scripts/fuzz-broker.mjs [MESSAGES] [SEED], as root, after a build.
// Most messages are read and compiled here, by the code that sessions run; one in some hundred goes over the socket to a daemon
// of its own. It fails when something but a refusal comes out, when the daemon ends, or when it keeps what it should not.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FrameReader, frame } from '../broker/dist/frames.js';
import { LONGEST_REQUEST, parseRequest } from '../broker/dist/requests.js';
import { optionsOf } from '../broker/dist/session/refused-options.js';
import { LocalHost, openDTrace } from '../core/dist/index.js';
import dtraceProvider from '../providers/dtrace/dist/index.js';
import pidProvider from '../providers/pid/dist/index.js';
import profileProvider from '../providers/profile/dist/index.js';
import syscallProvider from '../providers/syscall/dist/index.js';

const total = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const OVER_THE_SOCKET = 400;
const REFUSALS = new Set(['ShapeError', 'FrameError', 'CompileError', 'OptionError', 'OptionRefusal']);
const USER = 47_120;

/** xorshift32: a run can be had again. */
let state = seed | 1;
const random = (most) => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % most;
};
const one = (list) => list[random(list.length)];

const WORDS = [
  ...'BEGIN END ERROR syscall:::entry syscall::read:return profile-97 tick-1s pid1:::entry * : { } ( ) [ ] / ; , . -> & * + - ! ? @ @a'.split(
    ' ',
  ),
  ...'curthread curpsinfo arg0 args[0] self this x y copyin copyinstr alloca stringof trace printf stack ustack count'.split(
    ' ',
  ),
  ...'struct task_struct int long char string inline typedef translator xlate sizeof if while for return #include #define'.split(
    ' ',
  ),
  '0',
  '1',
  '-1',
  '0xffffffff81000000',
  '"a"',
  '"/etc/shadow"',
  '18446744073709551615',
  '(char *)',
  '(struct file *)',
  '\n',
  '\0',
  '\u{10ffff}',
];
const SCRIPTS = [
  'syscall:::entry { @[execname, probefunc] = count(); }',
  'syscall::read:entry { self->p = (char *)copyin(arg1, 8); trace(self->p[1]); }',
  'BEGIN { trace(curthread->pid); trace(stringof((char *)0xffffffff81000000)); }',
  'profile-97 /pid == $target/ { @[ustack(4)] = quantize(timestamp); } END { printa(@); }',
  'struct s { int a; char b[4]; }; struct s v; BEGIN { v.a = 1; print(v); trace(v.b[this->i = 2]); }',
];

function script() {
  const words = one(SCRIPTS).split(/(\W)/);
  for (let i = random(6); i > 0; i--) words.splice(random(words.length + 1), random(3), one(WORDS));
  return words.join('');
}

const request = () => ({
  type: 'start',
  version: 1,
  sources: [{ name: 'fuzz', text: script(), ...(random(4) === 0 && { abbreviation: 'name' }) }],
  libraries: random(10) === 0 ? [{ name: 'lib.d', text: script() }] : [],
  options: [
    one([
      ['quiet'],
      ['strsize', '64k'],
      ['bufsize', '1g'],
      ['zdefs'],
      ['looplimit', '9'],
      ['btf', '/x'],
      ['a', 'b'],
    ]),
  ],
  arguments: ['dtrace', one(WORDS)],
  ...(random(3) === 0 && { target: one([1, process.pid, 2 ** 31 - 1]) }),
  events: true,
  compileOnly: random(2) === 0,
});

const VALUES = [null, true, -1, 1e308, '', 'x'.repeat(5000), [], {}, [[]], { toString: 1 }];

function message() {
  const value = request();
  if (random(3) === 0) value[one([...Object.keys(value), '__proto__', 'image'])] = one(VALUES);
  let bytes = Buffer.from(JSON.stringify(value));
  for (let i = random(4) === 0 ? random(5) : 0; i > 0; i--) bytes[random(bytes.length)] = random(256);
  if (random(20) === 0) bytes = bytes.subarray(0, random(bytes.length));
  const framed = frame(bytes);
  if (random(30) === 0) framed.writeUInt32LE(random(2 ** 31), 0);
  return framed;
}

const engine = await openDTrace({
  providers: [dtraceProvider, pidProvider, profileProvider, syscallProvider],
  host: new LocalHost(),
});
const privileges = {
  owner: { uid: USER, gid: USER, userNamespace: statSync('/proc/self/ns/user').ino },
  providers: ['dtrace', 'profile', 'syscall', 'pid'],
  destructive: false,
  turns: 1000,
};

/** What a session does with bytes, short of tracing. */
function take(bytes, outcomes) {
  let outcome = 'incomplete';
  try {
    for (const body of new FrameReader(LONGEST_REQUEST).read(bytes)) {
      outcome = 'stop';
      const asked = parseRequest(body);
      if (asked.type !== 'start') continue;
      engine.compile(asked.sources, {
        privileges,
        libraries: asked.libraries,
        options: optionsOf(asked),
        arguments: asked.arguments,
        target: asked.target,
      });
      outcome = 'compiled';
    }
  } catch (error) {
    outcome = error.name;
    if (!REFUSALS.has(outcome))
      throw new Error(`seed ${seed}: ${bytes.toString('latin1')}`, { cause: error });
  }
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

const folder = mkdtempSync(join(tmpdir(), 'dtraced-fuzz-'));
chmodSync(folder, 0o755);
mkdirSync(join(folder, 'dist'));
const cli = new URL('../cli/', import.meta.url).pathname;
for (const file of ['dtraced.cjs', 'dist/dtraced.cjs', 'dist/ebpf_napi.node', 'dist/dlib'])
  cpSync(join(cli, file), join(folder, file), { recursive: true });
writeFileSync(join(folder, 'conf'), 'everyone dtrace_user dtrace_proc runtime=2\n', { mode: 0o644 });
const socket = join(folder, 'socket');
const daemon = spawn(
  process.execPath,
  [join(folder, 'dtraced.cjs'), '--socket', socket, '--policy', join(folder, 'conf')],
  {
    stdio: ['ignore', 'ignore', 'pipe'],
  },
);
await new Promise((resolve) => daemon.stderr.once('data', resolve));
daemon.stderr.resume();
const ended = () => daemon.exitCode !== null || daemon.signalCode !== null;
const descriptors = () => readdirSync(`/proc/${daemon.pid}/fd`).length;
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

function send(bytes) {
  return new Promise((resolve) => {
    const client = createConnection(socket);
    client.on('error', () => {});
    client.on('close', resolve);
    client.resume();
    // Half of them go at once, the others wait for an answer.
    client.write(bytes, () => random(2) === 0 && client.destroy());
    setTimeout(() => client.destroy(), 3000).unref();
  });
}

const outcomes = new Map();
let sent = 0;
try {
  await send(message());
  await pause(500);
  const before = { descriptors: descriptors(), daemon: memory(daemon.pid) };
  for (let i = 0; i < total; i++) {
    const bytes = message();
    take(bytes, outcomes);
    if (i % OVER_THE_SOCKET === 0) {
      await send(bytes);
      sent++;
      if (ended()) throw new Error(`seed ${seed}: the daemon has ended at message ${i}`);
    }
  }
  for (let i = 0; i < 100 && descriptors() > before.descriptors; i++) await pause(100);
  const after = { descriptors: descriptors(), daemon: memory(daemon.pid) };
  console.log({
    seed,
    total,
    sent,
    outcomes: Object.fromEntries(outcomes),
    before,
    after,
    here: memory(process.pid),
  });
  if (after.descriptors > before.descriptors) throw new Error('the daemon keeps descriptors');
  if (after.daemon > before.daemon + 64 * 1024) throw new Error('the daemon keeps memory');
} finally {
  daemon.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
}
