/* System calls made by a process that outlives this one being killed; see keeper.c. */
#ifndef EBPF_NAPI_KEEPER_H
#define EBPF_NAPI_KEEPER_H

#define _GNU_SOURCE

struct kept_call {
  long number;
  long args[6];
  long result;
};

/* Makes the call and waits for it; the result, or minus errno. Calls from several threads are made one by one. */
long call_kept(struct kept_call *call);

#endif
