/** Packets as the devices' tracepoints see them, in D. */
import type { ProbeArgument } from '@dtrace/core/provider';

export const argument = (type: string, value: string, translated: string): ProbeArgument => ({
  type,
  value,
  translated: `${translated} *`,
});

/** Where a packet passes: args[0] is its struct sk_buff. */
export interface Passage {
  readonly name: 'send' | 'receive';
  readonly tracepoint: string;
  /** Address of the network header there. */
  readonly header: string;
}

export const PASSAGES: readonly Passage[] = [
  { name: 'receive', tracepoint: 'netif_receive_skb', header: 'args[0]->data' },
  { name: 'send', tracepoint: 'net_dev_queue', header: '(args[0]->head + args[0]->network_header)' },
];

/** ETH_P_IP and ETH_P_IPV6 as they lie in memory. */
const IS_V4 = 'args[0]->protocol == 0x0008';
const IS_V6 = 'args[0]->protocol == 0xdd86';

const v4 = (header: string) => `((struct iphdr *)${header})`;
const v6 = (header: string) => `((struct ipv6hdr *)${header})`;

export const isInternet = `${IS_V4} || ${IS_V6}`;

/** Headers of a protocol that comes directly after the Internet protocol's. */
export const isProtocol = (header: string, protocol: number): string =>
  `${IS_V4} ? ${v4(header)}->protocol == ${protocol} : ${IS_V6} && ${v6(header)}->nexthdr == ${protocol}`;

export const transport = (header: string, type: string): string =>
  `(${type})((uintptr_t)${header} + (${IS_V4} ? ${v4(header)}->ihl << 2 : 40))`;

/** The first three arguments of all network probes on packets. */
export const packetArguments = (header: string): readonly ProbeArgument[] => [
  argument('struct sk_buff *', 'args[0]', 'pktinfo_t'),
  argument('struct sock *', 'args[0]->sk', 'csinfo_t'),
  argument('struct iphdr *', v4(header), 'ipinfo_t'),
];

export const headers = { v4, v6 };
