import { EVOLVING, type ProbeTable, type TableProbe } from '@dtrace/core/provider';
import { argument, headers, isInternet, isProtocol, PASSAGES, packetArguments, transport } from './packet.js';

const TCP = 6;
const UDP = 17;

export const ipTable: ProbeTable = {
  name: 'ip',
  attributes: EVOLVING,
  weight: 130,
  probes: PASSAGES.map(({ name, tracepoint, header }) => ({
    name,
    tracepoint,
    guard: isInternet,
    args: [
      ...packetArguments(header),
      argument('struct net_device *', 'args[0]->dev', 'ifinfo_t'),
      argument('struct iphdr *', headers.v4(header), 'ipv4info_t'),
      argument('struct ipv6hdr *', headers.v6(header), 'ipv6info_t'),
    ],
  })),
};

/** States of a socket by Linux's numbers. */
const STATE = { established: 1, synSent: 2, synReceived: 3, closed: 7 } as const;

const isTcp = `args[0]->sk_protocol == ${TCP}`;
const NO_PACKET = argument('struct sk_buff *', '(struct sk_buff *)NULL', 'pktinfo_t');

/** A socket (args[0]) with its new state and whose segment brings it, packed as the D library's tcp_change. */
const packed = (state: string, theirs: boolean): string =>
  `(struct tcp_change *)(((uintptr_t)args[0] & 0x00ffffffffffffff) | ((uint64_t)(${state}${theirs ? ' | 0x80' : ''}) << 56))`;

const changing = (state: string, theirs: boolean) => {
  const value = packed(state, theirs);
  const of = (translated: string) => argument('struct tcp_change *', value, translated);
  return [
    NO_PACKET,
    argument('struct sock *', 'args[0]', 'csinfo_t'),
    of('ipinfo_t'),
    of('tcpsinfo_t'),
    of('tcpinfo_t'),
  ];
};

/** args[] of inet_sock_set_state: the socket, the state it leaves, the one it comes to. */
const change = (name: string, from: number, to: number, theirs: boolean): TableProbe => ({
  name,
  tracepoint: 'inet_sock_set_state',
  guard: `${isTcp} && args[1] == ${from} && args[2] == ${to}`,
  args: changing('args[2]', theirs),
});

/** args[] of tcp_send_reset: a socket or none, the packet it answers, and on kernels that tell of all resets the reason. */
const HEADER = '((struct tcphdr *)(args[1]->head + args[1]->transport_header))';
const RESET = '(struct tcp_reset *)args[1]';
const refusal: TableProbe = {
  name: 'accept-refused',
  tracepoint: {
    tracepoint: 'tcp_send_reset',
    needs: { parameters: 3 },
    // A reset that answers a request for a connection.
    guard: `args[1] != NULL && ${HEADER}->syn && !${HEADER}->ack`,
  },
  args: [
    NO_PACKET,
    argument('struct sock *', '(struct sock *)args[0]', 'csinfo_t'),
    argument('struct tcp_reset *', RESET, 'ipinfo_t'),
    argument('struct tcp_sock *', '(struct tcp_sock *)args[0]', 'tcpsinfo_t'),
    argument('struct tcp_reset *', RESET, 'tcpinfo_t'),
  ],
};

export const tcpTable: ProbeTable = {
  name: 'tcp',
  attributes: EVOLVING,
  weight: 131,
  probes: [
    change('accept-established', STATE.synReceived, STATE.established, true),
    refusal,
    change('connect-established', STATE.synSent, STATE.established, true),
    {
      name: 'connect-refused',
      tracepoint: 'tcp_receive_reset',
      guard: `args[0]->__sk_common.skc_state == ${STATE.synSent}`,
      args: changing(`${STATE.synSent}`, true),
    },
    change('connect-request', STATE.closed, STATE.synSent, false),
    ...PASSAGES.map(({ name, tracepoint, header }) => ({
      name,
      tracepoint,
      guard: isProtocol(header, TCP),
      args: [
        ...packetArguments(header),
        argument('struct tcp_sock *', '(struct tcp_sock *)args[0]->sk', 'tcpsinfo_t'),
        argument('struct tcphdr *', transport(header, 'struct tcphdr *'), 'tcpinfo_t'),
      ],
    })),
    {
      name: 'state-change',
      tracepoint: 'inet_sock_set_state',
      guard: isTcp,
      args: [...changing('args[2]', false), argument('int', 'args[1]', 'tcplsinfo_t')],
    },
  ],
};

export const udpTable: ProbeTable = {
  name: 'udp',
  attributes: EVOLVING,
  weight: 132,
  probes: PASSAGES.map(({ name, tracepoint, header }) => ({
    name,
    tracepoint,
    guard: isProtocol(header, UDP),
    args: [
      ...packetArguments(header),
      argument('struct sock *', 'args[0]->sk', 'udpsinfo_t'),
      argument('struct udphdr *', transport(header, 'struct udphdr *'), 'udpinfo_t'),
    ],
  })),
};
