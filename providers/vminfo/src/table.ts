import { EVOLVING, type ProbeTable, type TableProbe } from '@dtrace/core/provider';

/** arg0: by how much the counter of that name grows. */
const counts = (amount: string) => ({ args: [{ type: 'uint64_t', value: amount }] });
const ONCE = counts('1');

/** Requests to disks; before Linux 5.11 the queue came first. */
const REQUESTS = [
  { request: 'args[0]', needs: { first: 'request' } },
  { request: 'args[1]', needs: { first: 'request_queue', parameters: 2 } },
];
/** They are of whole pages as far as memory is concerned. */
const pages = (request: string) => `(${request}->__data_len + 4095) >> 12`;
const request = (name: string, write: boolean, amount: (request: string) => string): TableProbe => ({
  name,
  tracepoint: REQUESTS.map((place) => ({
    tracepoint: 'block_rq_issue',
    needs: place.needs,
    guard: `${place.request}->bio && ${place.request}->__data_len && ${write ? '' : '!'}(${place.request}->cmd_flags & 1)`,
    ...counts(amount(place.request)),
  })),
});
const once = () => '1';

const UNCOUNTED = 'no tracepoint tells of it';

export const vminfoTable: ProbeTable = {
  name: 'vminfo',
  attributes: EVOLVING,
  weight: 140,
  probes: [
    { name: 'anonpgout', tracepoint: ['mm_vmscan_write_folio', 'mm_vmscan_writepage'], ...ONCE },
    { name: 'as_fault', tracepoint: 'page_fault_user', ...ONCE },
    { name: 'kernel_asflt', tracepoint: 'page_fault_kernel', ...ONCE },
    request('pgin', false, once),
    request('pgout', true, once),
    request('pgpgin', false, pages),
    request('pgpgout', true, pages),
    {
      // The page is there, and may not be used like that.
      name: 'prot_fault',
      tracepoint: { tracepoint: 'page_fault_user', needs: { arch: 'x64' }, guard: 'args[2] & 1' },
      ...ONCE,
    },
    { name: 'pgrrun', tracepoint: 'mm_vmscan_kswapd_wake', ...ONCE },
  ],
  absent: Object.fromEntries(
    ['cow_fault', 'maj_fault', 'pgfrec', 'pgrec', 'zfod'].map((name) => [name, UNCOUNTED]),
  ),
};
