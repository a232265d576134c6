import { EVOLVING, type ProbeArgument, type ProbeTable, type TablePreparation } from '@dtrace/core/provider';

/** Remote procedure calls are others' as well. */
const isNfs = (task: string) => `stringof(${task}->tk_client->cl_program->name) == "nfs"`;
const call: ProbeArgument = { type: 'struct rpc_task *', value: 'args[0]', translated: 'nfsopinfo_t *' };

/** Calls to servers. */
export const nfsTable: ProbeTable = {
  name: 'nfs',
  attributes: EVOLVING,
  weight: 145,
  probes: [
    {
      name: 'op-done',
      module: 'sunrpc',
      help: 'A server has answered.\nargs[0]: what was asked for; args[1]: an error number, or 0; args[2]: nanoseconds it took.',
      tracepoint: 'rpc_stats_latency',
      guard: isNfs('args[0]'),
      args: [
        call,
        { type: 'int', value: 'args[0]->tk_status < 0 ? -args[0]->tk_status : 0' },
        { type: 'uint64_t', value: 'args[3]' },
      ],
    },
    {
      name: 'op-start',
      module: 'sunrpc',
      help: 'Something is asked of a server.\nargs[0]: what.',
      tracepoint: 'rpc_request',
      guard: isNfs('args[0]'),
      args: [call],
    },
  ],
};

const NFS_PROGRAM = 100003;
const isServed = `args[0]->rq_prog == ${NFS_PROGRAM}`;
const served: ProbeArgument = { type: 'struct svc_rqst *', value: 'args[0]', translated: 'nfsopinfo_t *' };
/** A thread serves one call at a time. */
const BEGAN: TablePreparation = {
  tracepoint: 'svc_process',
  guard: isServed,
  declare: 'self uint64_t nfsd_began;',
  assign: ['self->nfsd_began = timestamp'],
};

/** Calls that are served. */
export const nfsdTable: ProbeTable = {
  name: 'nfsd',
  attributes: EVOLVING,
  weight: 146,
  probes: [
    {
      name: 'op-done',
      module: 'sunrpc',
      help: 'A call of a client is answered.\nargs[0]: what it asked for; args[1]: an error number, or 0; args[2]: nanoseconds it took.',
      tracepoint: 'svc_send',
      guard: `${isServed} && self->nfsd_began != 0`,
      prepare: [BEGAN],
      args: [
        served,
        { type: 'int', value: 'args[1] < 0 ? -args[1] : 0' },
        { type: 'uint64_t', value: 'timestamp - self->nfsd_began' },
      ],
    },
    {
      name: 'op-start',
      module: 'sunrpc',
      help: 'A call of a client is about to be served.\nargs[0]: what it asks for.',
      tracepoint: 'svc_process',
      guard: isServed,
      args: [served],
    },
  ],
};
