import { attributes, type Needs, type ProbeTable, type TableSite } from '@dtrace/core/provider';
import { FILES } from './files.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

/** Requests that transfer data: not those that only empty a cache, nor a driver's own commands. */
const TRANSFERS = 'args[0]->bio && args[0]->__data_len';

/** All tracepoints used carry the request first; before Linux 5.11 it came second at the start. */
const sites = (tracepoint: string, needs: Needs): readonly TableSite[] =>
  FILES.map((file) => ({
    tracepoint,
    needs: { ...file.needs, ...needs },
    guard: TRANSFERS,
    args: [
      { type: 'struct request *', value: 'args[0]', translated: 'bufinfo_t *' },
      { type: 'struct block_device *', value: 'args[0]->part', translated: 'devinfo_t *' },
      { type: 'struct inode *', value: file.inode('args[0]->bio'), translated: 'fileinfo_t *' },
    ],
  }));

const UNSEEN = 'no tracepoint tells of a thread that waits for a request';

export const ioTable: ProbeTable = {
  name: 'io',
  attributes: { provider: EVOLVING, module: PRIVATE, function: PRIVATE, name: EVOLVING, args: EVOLVING },
  weight: 120,
  probes: [
    { name: 'done', tracepoint: sites('block_rq_complete', { first: 'request' }) },
    { name: 'start', tracepoint: sites('block_rq_issue', { first: 'request' }) },
  ],
  absent: { 'wait-start': UNSEEN, 'wait-done': UNSEEN },
};
