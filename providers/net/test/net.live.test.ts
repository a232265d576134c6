import { createSocket } from 'node:dgram';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

const HOST = '127.0.0.1';
let server: Server;
let port: number;
/** Nobody listens there. */
let closed: number;

const listening = (on: Server): Promise<number> =>
  new Promise((resolve) => on.listen(0, HOST, () => resolve((on.address() as AddressInfo).port)));

beforeAll(async () => {
  server = createServer((socket) => socket.on('data', (data) => socket.end(data)));
  port = await listening(server);
  const other = createServer();
  closed = await listening(other);
  await new Promise((resolve) => other.close(resolve));
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** Connects, talks and is refused, again and again. */
function talk(): void {
  connect(port, HOST, function () {
    this.on('data', () => {}).write('hello');
  });
  connect(closed, HOST).on('error', () => {});
  const socket = createSocket('udp4');
  socket.send('hello', closed, HOST, () => socket.close());
}

async function prints(script: string): Promise<string> {
  const timer = setInterval(talk, 300);
  try {
    const { text } = await runOn(tables, `${script} tick-20s { printf("nothing"); exit(1); }`);
    return text.trim();
  } finally {
    clearInterval(timer);
  }
}

const addresses = '"%s %s", args[2]->ip_saddr, args[2]->ip_daddr';
const BOTH = `${HOST} ${HOST}`;

test.each(['send', 'receive'])('ip:::%s', async (name) => {
  const script = `ip:::${name} /args[4]->ipv4_daddr == "${HOST}" && args[4]->ipv4_protocol == IPPROTO_UDP/ {
    printf("%s %d ", args[3]->if_name, args[4]->ipv4_length > args[2]->ip_plength); printf(${addresses}); exit(0);
  }`;
  expect(await prints(script)).toBe(`lo 1 ${BOTH}`);
});

test.each(['send', 'receive'])('tcp:::%s: a segment with data', async (name) => {
  const script = `tcp:::${name} /args[4]->tcp_dport == ${port} && (args[4]->tcp_flags & TH_PUSH)/ {
    printf("%d ", args[2]->ip_plength - args[4]->tcp_offset); printf(${addresses}); exit(0);
  }`;
  expect(await prints(script)).toBe(`5 ${BOTH}`);
});

test.each(['send', 'receive'])('udp:::%s', async (name) => {
  const script = `udp:::${name} /args[4]->udp_dport == ${closed}/ {
    printf("%d ", args[4]->udp_length); printf(${addresses}); exit(0);
  }`;
  expect(await prints(script)).toBe(`13 ${BOTH}`);
});

test.each([
  ['connect-request', () => `args[4]->tcp_dport == ${port}`],
  ['connect-established', () => `args[4]->tcp_sport == ${port}`],
  ['connect-refused', () => `args[4]->tcp_sport == ${closed}`],
  ['accept-established', () => `args[4]->tcp_dport == ${port}`],
])('tcp:::%s', async (name, mine) => {
  expect(await prints(`tcp:::${name} /${mine()}/ { printf(${addresses}); exit(0); }`)).toBe(BOTH);
});

test('tcp:::state-change: both states of one end', async () => {
  const script = `tcp:::state-change /args[3]->tcps_rport == ${port} && args[3]->tcps_state == TCP_STATE_ESTABLISHED/ {
    printf("%s %s %s", tcp_state_string[args[5]->tcps_state], tcp_state_string[args[3]->tcps_state], args[3]->tcps_raddr);
    exit(0);
  }`;
  expect(await prints(script)).toBe(`state-syn-sent state-established ${HOST}`);
});
