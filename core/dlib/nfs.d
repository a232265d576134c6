/* The network file system: what is asked for, of whom or by whom. */
#pragma D depends_on module sunrpc

typedef struct nfsopinfo {
	string noi_op;		/* READ, GETATTR; COMPOUND at servers of version 4 */
	uint32_t noi_version;
	uint32_t noi_xid;	/* the same at client and server; 0 before a client sends */
	string noi_peer;	/* the server's name, or the client's address */
} nfsopinfo_t;

translator nfsopinfo_t < struct rpc_task *T > {
	noi_op = stringof(T->tk_msg.rpc_proc->p_name);
	noi_version = T->tk_client->cl_vers;
	noi_xid = T->tk_rqstp == NULL ? 0 : ntohl(T->tk_rqstp->rq_xid);
	noi_peer = stringof(T->tk_client->cl_xprt->servername);
};

/* An address begins with its family; that of version 6 has 8 bytes before it, others have 4. */
inline int nfs_is_ipv6[struct svc_rqst *R] = *(uint16_t *)&R->rq_addr == 10;

translator nfsopinfo_t < struct svc_rqst *R > {
	noi_op = R->rq_procinfo == NULL ? "<none>" :
	    stringof(R->rq_procinfo->pc_name);
	noi_version = R->rq_vers;
	noi_xid = ntohl(R->rq_xid);
	noi_peer = nfs_is_ipv6[R] ?
	    inet_ntop(10, (void *)((uintptr_t)&R->rq_addr + 8)) :
	    inet_ntop(2, (void *)((uintptr_t)&R->rq_addr + 4));
};
