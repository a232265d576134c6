import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { type Deed, prints as tracedPrints } from '../../../test/workloads/index.js';

const HOST = '127.0.0.1';
/** Nobody listens there. */
const CLOSED = 9;
const listed = new Set([...tables.probes('tcp:::')].map(({ probe }) => probe.name));
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => {}).on('data', (data) => socket.end(data)));
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** The script's own process serves: it has time to while the deed waits for its connection. */
const prints = (deed: string, to: number, script: string): Promise<string> =>
  tracedPrints([deed, String(to)] satisfies Deed, script);

const addresses = '"%s %s", args[2]->ip_saddr, args[2]->ip_daddr';
const BOTH = `${HOST} ${HOST}`;

test.each(['send', 'receive'])('ip:::%s', async (name) => {
  const script = `ip:::${name} /args[4]->ipv4_daddr == "${HOST}" && args[4]->ipv4_protocol == IPPROTO_UDP/ {
    printf("%s %d ", args[3]->if_name, args[4]->ipv4_length > args[2]->ip_plength); printf(${addresses}); exit(0);
  }`;
  expect(await prints('udp', CLOSED, script)).toBe(`lo 1 ${BOTH}`);
});

test.each(['send', 'receive'])('tcp:::%s: a segment with data', async (name) => {
  const script = `tcp:::${name} /args[4]->tcp_dport == ${port} && (args[4]->tcp_flags & TH_PUSH)/ {
    printf("%d ", args[2]->ip_plength - args[4]->tcp_offset); printf(${addresses}); exit(0);
  }`;
  expect(await prints('tcp', port, script)).toBe(`5 ${BOTH}`);
});

test.each(['send', 'receive'])('udp:::%s', async (name) => {
  const script = `udp:::${name} /args[4]->udp_dport == ${CLOSED}/ {
    printf("%d ", args[4]->udp_length); printf(${addresses}); exit(0);
  }`;
  expect(await prints('udp', CLOSED, script)).toBe(`13 ${BOTH}`);
});

test.each([
  ['connect-request', 'tcp', () => `args[4]->tcp_dport == ${port}`],
  ['connect-established', 'tcp', () => `args[4]->tcp_sport == ${port}`],
  ['connect-refused', 'refused', () => `args[4]->tcp_sport == ${CLOSED}`],
  ['accept-refused', 'refused', () => `args[4]->tcp_sport == ${CLOSED} && (args[4]->tcp_flags & TH_RST)`],
  ['accept-established', 'tcp', () => `args[4]->tcp_dport == ${port}`],
])('tcp:::%s', async (name, deed, mine) => {
  if (!listed.has(name)) return;
  const script = `tcp:::${name} /${mine()}/ { printf(${addresses}); exit(0); }`;
  expect(await prints(deed, deed === 'tcp' ? port : CLOSED, script)).toBe(BOTH);
});

test('tcp:::state-change: both states of one end', async () => {
  const script = `tcp:::state-change /args[3]->tcps_rport == ${port} && args[3]->tcps_state == TCP_STATE_ESTABLISHED/ {
    printf("%s %s %s", tcp_state_string[args[5]->tcps_state], tcp_state_string[args[3]->tcps_state], args[3]->tcps_raddr);
    exit(0);
  }`;
  expect(await prints('tcp', port, script)).toBe(`state-syn-sent state-established ${HOST}`);
});
