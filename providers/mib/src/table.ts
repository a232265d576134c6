import { type Alternatives, EVOLVING, type ProbeTable, type TableProbe } from '@dtrace/core/provider';

/** arg0: by how much the counter of that name grows. */
const counts = (name: string, tracepoint: Alternatives, guard?: string, amount = '1'): TableProbe => ({
  name,
  tracepoint,
  ...(guard !== undefined && { guard }),
  args: [{ type: 'uint64_t', value: amount }],
});

/** States of a TCP socket by Linux's numbers; args[] of inet_sock_set_state: the socket, the state it leaves, the next. */
const STATE = { established: 1, synSent: 2, synReceived: 3, close: 7, closeWait: 8, listen: 10 } as const;
type State = keyof typeof STATE;
const oneOf = (value: string, states: readonly State[]) =>
  `(${states.map((state) => `${value} == ${STATE[state]}`).join(' || ')})`;
const changes = (name: string, from: readonly State[], to: readonly State[]): TableProbe =>
  counts(
    name,
    'inet_sock_set_state',
    `args[0]->sk_protocol == 6 && ${oneOf('args[1]', from)} && ${oneOf('args[2]', to)}`,
  );

/** ETH_P_IP and ETH_P_IPV6 as they lie in memory, and where a packet's network header is. */
const IS_V4 = 'args[0]->protocol == 0x0008';
const IS_V6 = 'args[0]->protocol == 0xdd86';
const ARRIVED = 'args[0]->data';
const LEAVING = '(args[0]->head + args[0]->network_header)';
const isProtocol = (header: string, protocol: number) =>
  `${IS_V4} ? ((struct iphdr *)${header})->protocol == ${protocol} :
   ${IS_V6} && ((struct ipv6hdr *)${header})->nexthdr == ${protocol}`;

const packet = (name: string, way: 'in' | 'out', guard: (header: string) => string): TableProbe =>
  way === 'in'
    ? counts(name, 'netif_receive_skb', guard(ARRIVED))
    : counts(name, 'net_dev_queue', guard(LEAVING));

const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;
const of =
  (protocol: keyof typeof PROTOCOL) =>
  (header: string): string =>
    isProtocol(header, PROTOCOL[protocol]);

export const mibTable: ProbeTable = {
  name: 'mib',
  attributes: EVOLVING,
  weight: 142,
  probes: [
    packet('icmpInMsgs', 'in', of('icmp')),
    packet('icmpOutMsgs', 'out', of('icmp')),
    packet('ipIfStatsHCInReceives', 'in', () => `${IS_V4} || ${IS_V6}`),
    packet('ipIfStatsHCOutTransmits', 'out', () => `${IS_V4} || ${IS_V6}`),
    changes('tcpActiveOpens', ['close'], ['synSent']),
    changes('tcpAttemptFails', ['synSent', 'synReceived'], ['close', 'listen']),
    changes('tcpEstabResets', ['established', 'closeWait'], ['close']),
    counts('tcpInErrs', 'tcp_bad_csum'),
    packet('tcpHCInSegs', 'in', of('tcp')),
    packet('tcpHCOutSegs', 'out', of('tcp')),
    counts('tcpOutRsts', 'tcp_send_reset'),
    changes('tcpPassiveOpens', ['synReceived'], ['established']),
    counts('tcpRetransSegs', 'tcp_retransmit_skb'),
    packet('udpHCInDatagrams', 'in', of('udp')),
    packet('udpHCOutDatagrams', 'out', of('udp')),
    counts('udpInOverflows', 'udp_fail_queue_rcv_skb'),
  ],
  absent: Object.fromEntries(
    [
      'ipIfStatsForwDatagrams',
      'ipIfStatsInDiscards',
      'ipIfStatsOutFragOKs',
      'ipIfStatsReasmReqds',
      'tcpHalfOpenDrop',
      'tcpInDupAck',
      'tcpListenDrop',
      'tcpTimKeepalive',
      'udpInErrors',
      'udpNoPorts',
    ].map((name) => [name, 'the kernel counts it without a tracepoint']),
  ),
};
