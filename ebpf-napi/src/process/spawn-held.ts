import { accessSync, constants, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { addon } from '../addon.js';
import { BpfError, check, errnoName } from '../errors.js';
import { closeFd, cString, invoke } from '../syscall.js';
import { PidFd } from './pidfd.js';

const CLOEXEC = 0o2000000;
const NONBLOCK = 0o4000;
const ENOENT = 2;
const EACCES = 13;
const WNOHANG = 1;
const SIGNAL_MASK = 0x7f;
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface SpawnHeldOptions {
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The kernel kills the command when the thread that started it ends, however that happens. */
  readonly dieWithParent?: boolean;
}

export interface ExitStatus {
  /** 127 if the command could not be executed. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the command could not be executed. */
  readonly execError?: BpfError;
}

function executableError(path: string): number {
  try {
    if (!statSync(path).isFile()) return EACCES;
    accessSync(path, constants.X_OK);
    return 0;
  } catch (error) {
    return Math.abs((error as NodeJS.ErrnoException).errno ?? ENOENT);
  }
}

/** Searches PATH beforehand: a search by trial would show up as failed execve calls of the command. */
function findExecutable(file: string, path: string | undefined): string {
  const fail = (errno: number): never => {
    const hint = errno === ENOENT ? 'command not found' : undefined;
    throw new BpfError({ syscall: 'execve', errno, asked: `run '${file}'`, cause: hint });
  };
  if (file === '') return fail(ENOENT);
  // Anything else wrong with a given path is found by execve itself.
  if (file.includes('/')) return executableError(file) === ENOENT ? fail(ENOENT) : file;
  let worst = ENOENT;
  for (const folder of (path ?? DEFAULT_PATH).split(':')) {
    const candidate = `${folder || '.'}/${file}`;
    const error = executableError(candidate);
    if (error === 0) return candidate;
    if (error === EACCES) worst = EACCES;
  }
  return fail(worst);
}

const strings = (list: readonly string[]): Uint8Array => {
  for (const text of list) if (text.includes('\0')) throw new TypeError('a string contains a NUL character');
  return new TextEncoder().encode(list.map((text) => `${text}\0`).join(''));
};

function pipe(): [number, number] {
  const ends = new Int32Array(2);
  check(invoke({ name: 'pipe2', args: [ends, CLOEXEC | NONBLOCK] }), 'pipe2', 'make a pipe');
  return [ends[0]!, ends[1]!];
}

function signalName(number: number): NodeJS.Signals | null {
  const found = Object.entries(os.signals).find(([, value]) => value === number);
  return (found?.[0] as NodeJS.Signals | undefined) ?? null;
}

/**
 * A command that exists, with its pid, but has not run an instruction of its own. Its first system call after
 * `release` is the execve. It shares the terminal, standard files and process group of this process. When this process is
 * killed, a command that is still held ends, and one that is stopped later goes on.
 */
export class HeldChild {
  readonly pid: number;
  /** The file that is executed. */
  readonly path: string;
  readonly #asked: string;
  readonly #pidfd: PidFd;
  readonly #gate: ArrayBuffer;
  readonly #errorFd: number;
  #held = true;
  #gone = false;
  #callbacks: ((status: ExitStatus) => void)[] = [];
  #status: ExitStatus | undefined;
  readonly #abandon = (): void => this.kill('SIGKILL');

  constructor(file: string, argv: readonly string[], options: SpawnHeldOptions = {}) {
    const env = options.env ?? process.env;
    const path = findExecutable(file, env.PATH);
    const environment = Object.entries(env).flatMap(([key, value]) =>
      value === undefined ? [] : `${key}=${value}`,
    );
    this.path = path;
    this.#asked = `run '${file}'`;
    const gate = addon().map(-1, 0, addon().pageSize, true);
    if (typeof gate === 'number') throw new BpfError({ syscall: 'mmap', errno: -gate, asked: this.#asked });
    const [readEnd, writeEnd] = pipe();
    const pid = addon().spawnHeld(
      cString(path),
      strings(argv),
      strings(environment),
      options.cwd === undefined ? null : cString(options.cwd),
      gate,
      writeEnd,
      options.dieWithParent === true,
    );
    closeFd(writeEnd);
    this.#errorFd = readEnd;
    this.#gate = gate;
    this.pid = check(pid, 'fork', this.#asked);
    this.#pidfd = new PidFd(this.pid);
    // Whatever happens, no stopped process is left behind.
    process.once('exit', this.#abandon);
    this.#pidfd.onExit(() => this.#reap());
  }

  /** Lets it execute the command. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    process.removeListener('exit', this.#abandon);
    Atomics.store(new Int32Array(this.#gate, 0, 1), 0, 1);
    addon().unmap(this.#gate);
    this.kill('SIGCONT');
  }

  get released(): boolean {
    return !this.#held;
  }

  kill(signal: NodeJS.Signals = 'SIGTERM'): void {
    if (this.#gone) return;
    process.kill(this.pid, signal);
  }

  /** Called from the event loop when it has ended. */
  onExit(callback: (status: ExitStatus) => void): void {
    if (this.#status === undefined) this.#callbacks.push(callback);
    else queueMicrotask(() => callback(this.#status!));
  }

  /** Lets this process end without waiting for the command. */
  unref(): void {
    this.#pidfd.unref();
  }

  #execError(): BpfError | undefined {
    const error = new Int32Array(1);
    const length = invoke({ name: 'read', args: [this.#errorFd, error, 4] });
    closeFd(this.#errorFd);
    if (length !== 4 || error[0] === undefined) return undefined;
    const cause = errnoName(error[0]) === 'ENOENT' ? 'no such command, interpreter or folder' : '';
    return new BpfError({ syscall: 'execve', errno: error[0], asked: this.#asked, cause });
  }

  #reap(): void {
    const status = new Int32Array(1);
    invoke({ name: 'wait4', args: [this.pid, status, WNOHANG, null] });
    this.#gone = true;
    process.removeListener('exit', this.#abandon);
    if (this.#held) addon().unmap(this.#gate);
    this.#held = false;
    const execError = this.#execError();
    const signal = status[0]! & SIGNAL_MASK;
    const ended =
      signal === 0
        ? { code: (status[0]! >> 8) & 0xff, signal: null }
        : { code: null, signal: signalName(signal) };
    this.#status = execError === undefined ? ended : { ...ended, execError };
    for (const callback of this.#callbacks.splice(0)) callback(this.#status);
  }
}

/** Forks a command and holds it before its execve. `argv[0]` is the name it is told; PATH is searched. */
export function spawnHeld(file: string, argv: readonly string[], options: SpawnHeldOptions = {}): HeldChild {
  return new HeldChild(file, argv, options);
}
