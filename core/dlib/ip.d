/* Packets of the Internet protocols, and who sends and gets them. */
#pragma D depends_on library net.d

typedef struct pktinfo {
	uintptr_t pkt_addr;
} pktinfo_t;

typedef struct csinfo {
	uintptr_t cs_addr;
	uint64_t cs_cid;
	pid_t cs_pid;
} csinfo_t;

typedef struct ipinfo {
	uint8_t ip_ver;
	uint32_t ip_plength;
	string ip_saddr;
	string ip_daddr;
} ipinfo_t;

typedef struct ifinfo {
	string if_name;
	int8_t if_local;
	uintptr_t if_ipstack;
	uintptr_t if_addr;
} ifinfo_t;

typedef struct ipv4info {
	uint8_t ipv4_ver;
	uint8_t ipv4_ihl;
	uint8_t ipv4_tos;
	uint16_t ipv4_length;
	uint16_t ipv4_ident;
	uint8_t ipv4_flags;
	uint16_t ipv4_offset;
	uint8_t ipv4_ttl;
	uint8_t ipv4_protocol;
	string ipv4_protostr;
	uint16_t ipv4_checksum;
	ipaddr_t ipv4_src;
	ipaddr_t ipv4_dst;
	string ipv4_saddr;
	string ipv4_daddr;
	uintptr_t ipv4_hdr;
} ipv4info_t;

typedef struct ipv6info {
	uint8_t ipv6_ver;
	uint8_t ipv6_tclass;
	uint32_t ipv6_flow;
	uint16_t ipv6_plen;
	uint8_t ipv6_nexthdr;
	string ipv6_nextstr;
	uint8_t ipv6_hlim;
	string ipv6_saddr;
	string ipv6_daddr;
	uintptr_t ipv6_hdr;
} ipv6info_t;

translator pktinfo_t < struct sk_buff *S > {
	pkt_addr = (uintptr_t)S;
};

translator csinfo_t < struct sock *S > {
	cs_addr = (uintptr_t)S;
	cs_cid = (uint64_t)S;
	cs_pid = -1;
};

/* The header of either version: the first four bits tell which. */
translator ipinfo_t < struct iphdr *I > {
	ip_ver = I->version;
	ip_plength = I->version == 4 ? ntohs(I->tot_len) - (I->ihl << 2) :
	    ntohs(((struct ipv6hdr *)I)->payload_len);
	ip_saddr = I->version == 4 ? inet_ntop(AF_INET, &I->saddr) :
	    inet_ntop(AF_INET6, &((struct ipv6hdr *)I)->saddr);
	ip_daddr = I->version == 4 ? inet_ntop(AF_INET, &I->daddr) :
	    inet_ntop(AF_INET6, &((struct ipv6hdr *)I)->daddr);
};

translator ifinfo_t < struct net_device *D > {
	if_name = D == NULL ? "<null>" : stringof(D->name);
	if_local = D == NULL ? 0 : (D->flags & 8) != 0;
	if_ipstack = 0;
	if_addr = (uintptr_t)D;
};

translator ipv4info_t < struct iphdr *I > {
	ipv4_ver = I->version == 4 ? 4 : 0;
	ipv4_ihl = I->version == 4 ? I->ihl << 2 : 0;
	ipv4_tos = I->version == 4 ? I->tos : 0;
	ipv4_length = I->version == 4 ? ntohs(I->tot_len) : 0;
	ipv4_ident = I->version == 4 ? ntohs(I->id) : 0;
	ipv4_flags = I->version == 4 ? ntohs(I->frag_off) >> 12 : 0;
	ipv4_offset = I->version == 4 ? ntohs(I->frag_off) & 0x1fff : 0;
	ipv4_ttl = I->version == 4 ? I->ttl : 0;
	ipv4_protocol = I->version == 4 ? I->protocol : 0;
	ipv4_protostr = I->version != 4 ? "<null>" :
	    I->protocol == IPPROTO_TCP ? "TCP" :
	    I->protocol == IPPROTO_UDP ? "UDP" :
	    I->protocol == IPPROTO_ICMP ? "ICMP" : lltostr(I->protocol);
	ipv4_checksum = I->version == 4 ? ntohs(I->check) : 0;
	ipv4_src = I->version == 4 ? I->saddr : 0;
	ipv4_dst = I->version == 4 ? I->daddr : 0;
	ipv4_saddr = I->version == 4 ? inet_ntop(AF_INET, &I->saddr) : "<null>";
	ipv4_daddr = I->version == 4 ? inet_ntop(AF_INET, &I->daddr) : "<null>";
	ipv4_hdr = (uintptr_t)I;
};

translator ipv6info_t < struct ipv6hdr *I > {
	ipv6_ver = I->version == 6 ? 6 : 0;
	ipv6_tclass = I->version == 6 ? (I->priority << 4) | (I->flow_lbl[0] >> 4) : 0;
	ipv6_flow = I->version == 6 ? ((I->flow_lbl[0] & 0xf) << 16) |
	    (I->flow_lbl[1] << 8) | I->flow_lbl[2] : 0;
	ipv6_plen = I->version == 6 ? ntohs(I->payload_len) : 0;
	ipv6_nexthdr = I->version == 6 ? I->nexthdr : 0;
	ipv6_nextstr = I->version != 6 ? "<null>" :
	    I->nexthdr == IPPROTO_TCP ? "TCP" :
	    I->nexthdr == IPPROTO_UDP ? "UDP" :
	    I->nexthdr == IPPROTO_ICMPV6 ? "ICMPv6" : lltostr(I->nexthdr);
	ipv6_hlim = I->version == 6 ? I->hop_limit : 0;
	ipv6_saddr = I->version == 6 ? inet_ntop(AF_INET6, &I->saddr) : "<null>";
	ipv6_daddr = I->version == 6 ? inet_ntop(AF_INET6, &I->daddr) : "<null>";
	ipv6_hdr = (uintptr_t)I;
};
