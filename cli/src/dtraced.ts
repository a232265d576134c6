/** dtraced: serves people who have no rights of their own. The same program, started by it, serves one of them. */
import { join } from 'node:path';
import { DEFAULT_SOCKET } from '@dtrace/broker';
import { runDaemon } from '@dtrace/broker/daemon';
import { serveSession } from '@dtrace/broker/session';
import { setAddonPath } from 'ebpf-napi';
import { nameThreads } from './process-status.js';
import { BUNDLED } from './providers.js';

declare const __dirname: string;

const USAGE = `Usage: dtraced [--socket path] [--policy file]

Traces for users without root, as far as the policy lets them.

  --socket path  where to listen, if systemd hands over no socket (${DEFAULT_SOCKET})
  --policy file  who may do what (/etc/dtrace.conf)
  --help         show this text
`;

/** The first of the descriptors that systemd hands over. */
const FIRST_HANDED = 3;

/** The socket that systemd opened for this very process. */
function handedOver(): number | undefined {
  const { LISTEN_PID, LISTEN_FDS } = process.env;
  return LISTEN_PID === String(process.pid) && LISTEN_FDS === '1' ? FIRST_HANDED : undefined;
}

function fail(message: string): never {
  process.stderr.write(`dtraced: ${message}\n`);
  process.exit(2);
}

function argumentsOf(args: readonly string[]): { readonly socket: string; readonly policy: string } {
  const found = { socket: DEFAULT_SOCKET, policy: '/etc/dtrace.conf' };
  for (let i = 0; i < args.length; i += 2) {
    const [name = '', value] = args.slice(i, i + 2);
    if (name === '--help') {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    if ((name !== '--socket' && name !== '--policy') || value === undefined)
      fail(`${name}: see dtraced --help`);
    found[name === '--socket' ? 'socket' : 'policy'] = value;
  }
  return found;
}

/** Megabytes of a session's process. */
const MEMORY = 512;
const SESSION = '--session';

function daemon(): void {
  const { socket, policy } = argumentsOf(process.argv.slice(2));
  if (process.geteuid?.() !== 0) fail('it has to run as root');
  nameThreads('dtraced');
  const program = process.argv[1] ?? '';
  const server = runDaemon({
    listen: handedOver() ?? socket,
    policy,
    session: [process.execPath, `--max-old-space-size=${MEMORY}`, program, SESSION],
  });
  server.on('error', (error) => fail(error.message));
}

setAddonPath(join(__dirname, 'ebpf_napi.node'));
if (process.argv[2] === SESSION) {
  nameThreads('dtraced');
  serveSession({ providers: BUNDLED, ownLibrary: join(__dirname, 'dlib') });
} else daemon();
