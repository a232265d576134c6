import { attributes, type Needs, type ProbeTable, type TableSite } from '@dtrace/core/provider';
import { FILES } from './files.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

/** A tracepoint and which of its args[] is the request. */
interface Place {
  readonly tracepoint: string;
  readonly request: string;
  readonly needs: Needs;
}

const ISSUE = 'block_rq_issue';
/** Before Linux 5.11 the queue came first. */
const STARTS: readonly Place[] = [
  { tracepoint: ISSUE, request: 'args[0]', needs: { first: 'request' } },
  { tracepoint: ISSUE, request: 'args[1]', needs: { first: 'request_queue', parameters: 2 } },
];
const ENDS: readonly Place[] = [
  { tracepoint: 'block_rq_complete', request: 'args[0]', needs: { first: 'request' } },
];

/** What a part of a disk has been to kernels of different ages. */
const PARTS = [
  { type: 'struct block_device *', member: 'block_device.bd_device' },
  { type: 'struct hd_struct *', member: 'hd_struct.__dev' },
];

/** Requests that transfer data: not those that only empty a cache, nor a driver's own commands. */
const transfers = (request: string) => `${request}->bio && ${request}->__data_len`;

const sites = (places: readonly Place[]): readonly TableSite[] =>
  places.flatMap(({ tracepoint, request, needs }) =>
    PARTS.flatMap(({ type, member }) =>
      FILES.map((file) => ({
        tracepoint,
        needs: { ...file.needs, ...needs, member: [member, file.member] },
        guard: transfers(request),
        args: [
          { type: 'struct request *', value: request, translated: 'bufinfo_t *' },
          { type, value: `${request}->part`, translated: 'devinfo_t *' },
          { type: 'struct inode *', value: file.inode(`${request}->bio`), translated: 'fileinfo_t *' },
        ],
      })),
    ),
  );

const UNSEEN = 'no tracepoint tells of a thread that waits for a request';

export const ioTable: ProbeTable = {
  name: 'io',
  attributes: { provider: EVOLVING, module: PRIVATE, function: PRIVATE, name: EVOLVING, args: EVOLVING },
  weight: 120,
  probes: [
    { name: 'done', tracepoint: sites(ENDS) },
    { name: 'start', tracepoint: sites(STARTS) },
  ],
  absent: { 'wait-start': UNSEEN, 'wait-done': UNSEEN },
};
