import {
  EVOLVING,
  type Needs,
  type ProbeArgument,
  type ProbeTable,
  type TableProbe,
  type TableSite,
} from '@dtrace/core/provider';

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
const END: Place = { tracepoint: 'block_rq_complete', request: 'args[0]', needs: { first: 'request' } };

/** What a part of a disk has been to kernels of different ages, and how a bio names it. */
const PARTS = [
  { type: 'struct block_device *', member: 'block_device.bd_device', ofBio: 'bi_bdev' },
  { type: 'struct hd_struct *', member: 'hd_struct.__dev', ofBio: 'bi_disk' },
];
type Part = (typeof PARTS)[number];

/** Requests that transfer data: not those that only empty a cache, nor a driver's own commands. */
const transfers = (request: string) => `${request}->bio && ${request}->__data_len`;

const sites = (places: readonly Place[], buffer: (request: string) => ProbeArgument): readonly TableSite[] =>
  places.flatMap(({ tracepoint, request, needs }) =>
    PARTS.map(({ type, member }) => ({
      tracepoint,
      needs: { ...needs, member },
      guard: transfers(request),
      raw: [request, `${request}->part`, `${request}->bio`],
      args: [
        buffer(request),
        { type, value: `${request}->part`, translated: 'devinfo_t *' },
        { type: 'struct bio *', value: `${request}->bio`, translated: 'fileinfo_t *' },
      ],
    })),
  );

/** What the library's translator wants to know besides what the kernel keeps. */
interface Told {
  readonly flags?: string;
  readonly error?: string;
  readonly left?: string;
}

const transfer = (kind: string, value: string, { flags = '0', error = '0', left = '0' }: Told = {}) => ({
  type: 'struct io_transfer *',
  value: `(this->io_kind = ${kind}, this->io_flags = ${flags}, this->io_error = ${error}, this->io_left = ${left},
    (struct io_transfer *)${value})`,
  translated: 'bufinfo_t *',
});

const asRequest = (request: string): ProbeArgument => transfer('IO_REQUEST', request);
/** How it went is told by a status of one byte, or, on older kernels, by an error number. */
const asCompletion = (request: string): ProbeArgument =>
  transfer('IO_REQUEST', request, {
    flags: 'B_DONE',
    error: 'sizeof (args[1]) == 1 ? io_status_error[(int)args[1]] : -(int)args[1]',
    left: `${request}->__data_len - args[2]`,
  });

/** A function in which threads wait for what they have asked of a disk. */
interface Wait {
  readonly function: string;
  readonly kind: string;
  readonly type: string;
  readonly variable: string;
  /** How it went, once it is done. */
  readonly error: (value: string) => string;
  readonly part: (value: string, part: Part) => string;
  readonly bio: (value: string) => string;
}
const WAITS: readonly Wait[] = [
  {
    function: 'submit_bio_wait',
    kind: 'IO_BIO',
    type: 'struct bio *',
    variable: 'io_waits_bio',
    error: (bio) => `io_status_error[(int)${bio}->bi_status]`,
    part: (bio, { type, ofBio }) =>
      ofBio === 'bi_bdev'
        ? `${bio}->bi_bdev`
        : `${bio}->bi_disk == NULL ? (${type})NULL : &${bio}->bi_disk->part0`,
    bio: (bio) => bio,
  },
  {
    function: '__wait_on_buffer',
    kind: 'IO_BUFFER',
    type: 'struct buffer_head *',
    variable: 'io_waits_buffer',
    // A buffer that is not up to date when it has been read or written.
    error: (buffer) => `(${buffer}->b_state & 1) ? 0 : 5`,
    part: (buffer, { ofBio }) => `${buffer}->b_bdev${ofBio === 'bi_bdev' ? '' : '->bd_part'}`,
    bio: () => '(struct bio *)NULL',
  },
];

const waiter = (
  { kind, part, bio }: Wait,
  value: string,
  kernel: Part,
  told?: Told,
): Pick<TableSite, 'raw' | 'args'> => ({
  raw: [value, part(value, kernel), bio(value)],
  args: [
    transfer(kind, value, told),
    { type: kernel.type, value: part(value, kernel), translated: 'devinfo_t *' },
    { type: 'struct bio *', value: bio(value), translated: 'fileinfo_t *' },
  ],
});

const waiting = (wait: Wait): readonly TableSite[] =>
  PARTS.map((part) => ({
    entry: wait.function,
    needs: { member: part.member },
    ...waiter(wait, 'args[0]', part),
  }));

/** Remembered from the function's entry: nothing holds the argument when it returns. */
function waited(wait: Wait): readonly TableSite[] {
  const { function: name, type, variable, error } = wait;
  const value = `self->${variable}`;
  return PARTS.map((part) => ({
    return: name,
    needs: { member: part.member },
    guard: `${value} != NULL`,
    prepare: [{ entry: name, declare: `self ${type}${variable};`, assign: [`${value} = args[0]`] }],
    ...waiter(wait, value, part, { flags: 'B_DONE', error: error(value) }),
  }));
}

const everywhere = (
  sitesOf: (wait: Wait) => readonly TableSite[],
): Pick<TableProbe, 'tracepoint' | 'also'> => {
  const [first, ...others] = WAITS.map(sitesOf);
  return { tracepoint: first!, also: others };
};

export const ioTable: ProbeTable = {
  name: 'io',
  attributes: EVOLVING,
  weight: 120,
  probes: [
    { name: 'done', tracepoint: sites([END], asCompletion) },
    { name: 'start', tracepoint: sites(STARTS, asRequest) },
    { name: 'wait-done', ...everywhere(waited) },
    { name: 'wait-start', ...everywhere(waiting) },
  ],
};
