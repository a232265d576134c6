/* TCP: segments, and the ends of connections. */
#pragma D depends_on library net.d
#pragma D depends_on library ip.d

inline int TCP_STATE_ESTABLISHED = 1;
inline int TCP_STATE_SYN_SENT = 2;
inline int TCP_STATE_SYN_RECEIVED = 3;
inline int TCP_STATE_FIN_WAIT_1 = 4;
inline int TCP_STATE_FIN_WAIT_2 = 5;
inline int TCP_STATE_TIME_WAIT = 6;
inline int TCP_STATE_CLOSED = 7;
inline int TCP_STATE_CLOSE_WAIT = 8;
inline int TCP_STATE_LAST_ACK = 9;
inline int TCP_STATE_LISTEN = 10;
inline int TCP_STATE_CLOSING = 11;

inline string tcp_state_string[int state] =
	state == TCP_STATE_ESTABLISHED ? "state-established" :
	state == TCP_STATE_SYN_SENT ? "state-syn-sent" :
	state == TCP_STATE_SYN_RECEIVED ? "state-syn-received" :
	state == TCP_STATE_FIN_WAIT_1 ? "state-fin-wait-1" :
	state == TCP_STATE_FIN_WAIT_2 ? "state-fin-wait-2" :
	state == TCP_STATE_TIME_WAIT ? "state-time-wait" :
	state == TCP_STATE_CLOSED ? "state-closed" :
	state == TCP_STATE_CLOSE_WAIT ? "state-close-wait" :
	state == TCP_STATE_LAST_ACK ? "state-last-ack" :
	state == TCP_STATE_LISTEN ? "state-listen" :
	state == TCP_STATE_CLOSING ? "state-closing" : "<unknown>";

inline uint8_t TH_FIN = 0x01;
inline uint8_t TH_SYN = 0x02;
inline uint8_t TH_RST = 0x04;
inline uint8_t TH_PUSH = 0x08;
inline uint8_t TH_ACK = 0x10;
inline uint8_t TH_URG = 0x20;
inline uint8_t TH_ECE = 0x40;
inline uint8_t TH_CWR = 0x80;

typedef struct tcpinfo {
	uint16_t tcp_sport;
	uint16_t tcp_dport;
	uint32_t tcp_seq;
	uint32_t tcp_ack;
	uint8_t tcp_offset;
	uint8_t tcp_flags;
	uint16_t tcp_window;
	uint16_t tcp_checksum;
	uint16_t tcp_urgent;
	uintptr_t tcp_hdr;
} tcpinfo_t;

typedef struct tcpsinfo {
	uintptr_t tcps_addr;
	int tcps_local;
	uint16_t tcps_lport;
	uint16_t tcps_rport;
	string tcps_laddr;
	string tcps_raddr;
	int32_t tcps_state;
	uint32_t tcps_suna;
	uint32_t tcps_snxt;
	uint32_t tcps_rnxt;
	uint32_t tcps_swnd;
	uint32_t tcps_rwnd;
	uint32_t tcps_cwnd;
	uint32_t tcps_cwnd_ssthresh;
	uint32_t tcps_mss;
	int tcps_retransmit;
} tcpsinfo_t;

typedef struct tcplsinfo {
	int32_t tcps_state;
} tcplsinfo_t;

translator tcpinfo_t < struct tcphdr *T > {
	tcp_sport = ntohs(T->source);
	tcp_dport = ntohs(T->dest);
	tcp_seq = ntohl(T->seq);
	tcp_ack = ntohl(T->ack_seq);
	tcp_offset = T->doff << 2;
	tcp_flags = *((uint8_t *)T + 13);
	tcp_window = ntohs(T->window);
	tcp_checksum = ntohs(T->check);
	tcp_urgent = ntohs(T->urg_ptr);
	tcp_hdr = (uintptr_t)T;
};

translator tcpsinfo_t < struct tcp_sock *T > {
	tcps_addr = (uintptr_t)T;
	tcps_local = 0;
	tcps_lport = T == NULL ? 0 : ((struct sock *)T)->__sk_common.skc_num;
	tcps_rport = T == NULL ? 0 : ntohs(((struct sock *)T)->__sk_common.skc_dport);
	tcps_laddr = T == NULL ? "<unknown>" :
	    ((struct sock *)T)->__sk_common.skc_family == AF_INET6 ?
	    inet_ntop(AF_INET6, &((struct sock *)T)->__sk_common.skc_v6_rcv_saddr) :
	    inet_ntop(AF_INET, &((struct sock *)T)->__sk_common.skc_rcv_saddr);
	tcps_raddr = T == NULL ? "<unknown>" :
	    ((struct sock *)T)->__sk_common.skc_family == AF_INET6 ?
	    inet_ntop(AF_INET6, &((struct sock *)T)->__sk_common.skc_v6_daddr) :
	    inet_ntop(AF_INET, &((struct sock *)T)->__sk_common.skc_daddr);
	/* 12: a connection that is being accepted has no socket of its own yet. */
	tcps_state = T == NULL ? 0 :
	    ((struct sock *)T)->__sk_common.skc_state == 12 ?
	    TCP_STATE_SYN_RECEIVED : ((struct sock *)T)->__sk_common.skc_state;
	tcps_suna = T == NULL ? 0 : T->snd_una;
	tcps_snxt = T == NULL ? 0 : T->snd_nxt;
	tcps_rnxt = T == NULL ? 0 : T->rcv_nxt;
	tcps_swnd = T == NULL ? 0 : T->snd_wnd;
	tcps_rwnd = T == NULL ? 0 : T->rcv_wnd;
	tcps_cwnd = T == NULL ? 0 : T->snd_cwnd;
	tcps_cwnd_ssthresh = T == NULL ? 0 : T->snd_ssthresh;
	tcps_mss = T == NULL ? 0 : T->mss_cache;
	tcps_retransmit = 0;
};

/*
 * An end of a connection that is about to be in another state: the address of
 * its socket, with something else in place of the topmost byte, which is the
 * same in all kernel addresses: the new state, and 0x80 if that comes of a
 * segment of the other end's.
 */
struct tcp_change { int unused; };
inline struct sock *tcp_changing[struct tcp_change *C] =
	(struct sock *)((uintptr_t)C | 0xff00000000000000);
inline int tcp_new_state[struct tcp_change *C] = ((uintptr_t)C >> 56) & 0x7f;
inline int tcp_theirs[struct tcp_change *C] = (uintptr_t)C >> 63;

inline string tcp_local[struct sock *S] =
	S->__sk_common.skc_family == AF_INET6 ?
	inet_ntop(AF_INET6, &S->__sk_common.skc_v6_rcv_saddr) :
	inet_ntop(AF_INET, &S->__sk_common.skc_rcv_saddr);
inline string tcp_remote[struct sock *S] =
	S->__sk_common.skc_family == AF_INET6 ?
	inet_ntop(AF_INET6, &S->__sk_common.skc_v6_daddr) :
	inet_ntop(AF_INET, &S->__sk_common.skc_daddr);

translator ipinfo_t < struct tcp_change *C > {
	ip_ver = tcp_changing[C]->__sk_common.skc_family == AF_INET6 ? 6 : 4;
	ip_plength = 0;
	ip_saddr = tcp_theirs[C] ? tcp_remote[tcp_changing[C]] :
	    tcp_local[tcp_changing[C]];
	ip_daddr = tcp_theirs[C] ? tcp_local[tcp_changing[C]] :
	    tcp_remote[tcp_changing[C]];
};

translator tcpinfo_t < struct tcp_change *C > {
	tcp_sport = tcp_theirs[C] ?
	    ntohs(tcp_changing[C]->__sk_common.skc_dport) :
	    tcp_changing[C]->__sk_common.skc_num;
	tcp_dport = tcp_theirs[C] ?
	    tcp_changing[C]->__sk_common.skc_num :
	    ntohs(tcp_changing[C]->__sk_common.skc_dport);
};

translator tcpsinfo_t < struct tcp_change *C > {
	tcps_addr = (uintptr_t)tcp_changing[C];
	tcps_local = 0;
	tcps_lport = tcp_changing[C]->__sk_common.skc_num;
	tcps_rport = ntohs(tcp_changing[C]->__sk_common.skc_dport);
	tcps_laddr = tcp_local[tcp_changing[C]];
	tcps_raddr = tcp_remote[tcp_changing[C]];
	tcps_state = tcp_new_state[C];
};

/*
 * A reset that answers a segment: the packet (struct sk_buff) with that segment,
 * whose addresses and ports are those of the reset, the other way round.
 */
struct tcp_reset { int unused; };
inline struct iphdr *tcp_reset_ip[struct tcp_reset *R] =
	(struct iphdr *)(((struct sk_buff *)R)->head +
	((struct sk_buff *)R)->network_header);
inline struct tcphdr *tcp_reset_tcp[struct tcp_reset *R] =
	(struct tcphdr *)(((struct sk_buff *)R)->head +
	((struct sk_buff *)R)->transport_header);

translator ipinfo_t < struct tcp_reset *R > {
	ip_ver = tcp_reset_ip[R]->version;
	ip_plength = 20;
	ip_saddr = tcp_reset_ip[R]->version == 4 ?
	    inet_ntop(AF_INET, &tcp_reset_ip[R]->daddr) :
	    inet_ntop(AF_INET6, &((struct ipv6hdr *)tcp_reset_ip[R])->daddr);
	ip_daddr = tcp_reset_ip[R]->version == 4 ?
	    inet_ntop(AF_INET, &tcp_reset_ip[R]->saddr) :
	    inet_ntop(AF_INET6, &((struct ipv6hdr *)tcp_reset_ip[R])->saddr);
};

translator tcpinfo_t < struct tcp_reset *R > {
	tcp_sport = ntohs(tcp_reset_tcp[R]->dest);
	tcp_dport = ntohs(tcp_reset_tcp[R]->source);
	tcp_ack = ntohl(tcp_reset_tcp[R]->seq) + 1;
	tcp_offset = 20;
	tcp_flags = TH_RST | TH_ACK;
};

translator tcplsinfo_t < int S > {
	tcps_state = S;
};
