import { attributes, type ProbeTable, type TableProbe } from '@dtrace/core/provider';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

/** arg0: by how much the counter of that name grows. */
const counts = (amount: string) => ({ args: [{ type: 'uint64_t', value: amount }] });
const ONCE = counts('1');

/** Requests to disks are of whole pages as far as memory is concerned. */
const PAGES = '(args[0]->__data_len + 4095) >> 12';
const request = (name: string, write: boolean, amount: string): TableProbe => ({
  name,
  tracepoint: [{ tracepoint: 'block_rq_issue', needs: { first: 'request' } }],
  guard: `args[0]->bio && args[0]->__data_len && ${write ? '' : '!'}(args[0]->cmd_flags & 1)`,
  ...counts(amount),
});

const UNCOUNTED = 'no tracepoint tells of it';

export const vminfoTable: ProbeTable = {
  name: 'vminfo',
  attributes: { provider: EVOLVING, module: PRIVATE, function: PRIVATE, name: EVOLVING, args: EVOLVING },
  weight: 140,
  probes: [
    { name: 'anonpgout', tracepoint: ['mm_vmscan_write_folio', 'mm_vmscan_writepage'], ...ONCE },
    { name: 'as_fault', tracepoint: 'page_fault_user', ...ONCE },
    { name: 'kernel_asflt', tracepoint: 'page_fault_kernel', ...ONCE },
    request('pgin', false, '1'),
    request('pgout', true, '1'),
    request('pgpgin', false, PAGES),
    request('pgpgout', true, PAGES),
    { name: 'pgrrun', tracepoint: 'mm_vmscan_kswapd_wake', ...ONCE },
  ],
  absent: Object.fromEntries(
    ['cow_fault', 'maj_fault', 'pgfrec', 'pgrec', 'prot_fault', 'zfod'].map((name) => [name, UNCOUNTED]),
  ),
};
