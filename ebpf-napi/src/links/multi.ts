import { Attr, bpfCall, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import type { Program } from '../programs/program.js';
import { type AttachType, attachTypes } from '../programs/types.js';
import { cString, type Steps } from '../syscall.js';
import { FdLink, type Link } from './link.js';

const RETURN = 1;

export interface KprobeMultiTargets {
  /** Either symbols or addresses. */
  readonly symbols?: readonly string[];
  readonly addresses?: BigUint64Array;
  /** One for each target. */
  readonly cookies?: BigUint64Array;
  readonly retprobe?: boolean;
  /** Entry and return in one program loaded as trace_kprobe_session (Linux 6.10). */
  readonly session?: boolean;
}

/**
 * Many kernel functions by one link: Linux 5.18 (CONFIG_FPROBE), cookies too. The program is loaded with
 * `expectedAttach: 'trace_kprobe_multi'`.
 */
export function* kprobeMulti(program: Program, targets: KprobeMultiTargets): Steps<Link> {
  const { symbols, addresses, cookies, retprobe = false, session = false } = targets;
  const count = symbols?.length ?? addresses?.length ?? 0;
  expectCount(cookies, count);
  const attachType: AttachType = session ? 'trace_kprobe_session' : 'trace_kprobe_multi';
  const attr = new Attr(48)
    .u32(0, program.fd)
    .u32(8, attachTypes[attachType])
    .u32(16, retprobe ? RETURN : 0)
    .u32(20, count)
    .table(24, symbols === undefined ? undefined : nameTable(symbols))
    .pointer(32, addresses)
    .pointer(40, cookies);
  const result: number = yield bpfCall('LINK_CREATE', attr);
  const what = symbols === undefined ? 'addresses' : 'functions';
  const asked = `attach program '${program.spec.name}' to ${count} kernel ${what}${first(symbols)}`;
  return new FdLink('kprobe_multi', check(result, bpfName('LINK_CREATE'), asked));
}

/** Names lie in one buffer: there may be tens of thousands. */
function nameTable(symbols: readonly string[]): Attr {
  const table = new Attr(8 * symbols.length);
  const text = cString(symbols.join('\0'));
  let from = 0;
  symbols.forEach((_, i) => {
    const end = text.indexOf(0, from) + 1;
    table.pointer(i * 8, text.subarray(from, end));
    from = end;
  });
  return table;
}

const first = (symbols: readonly string[] | undefined): string =>
  symbols === undefined || symbols.length === 0 ? '' : ` (${symbols[0]}${symbols.length > 1 ? ', …' : ''})`;

function expectCount(values: BigUint64Array | undefined, count: number): void {
  if (values !== undefined && values.length !== count) {
    throw new RangeError(`${values.length} values for ${count} targets`);
  }
}

export interface UprobeMultiTargets {
  readonly path: string;
  /** Offsets in the file. */
  readonly offsets: BigUint64Array;
  /** One for each offset. */
  readonly cookies?: BigUint64Array;
  /** Semaphore offsets, one for each offset; 0 where there is none. */
  readonly refCtrOffsets?: BigUint64Array;
  /** Only this process, with all its threads. */
  readonly pid?: number;
  readonly retprobe?: boolean;
  /** Entry and return in one program loaded as trace_uprobe_session (Linux 6.13). */
  readonly session?: boolean;
}

const CAUSES: Readonly<Record<number, string>> = {
  524: 'an instruction at one of the offsets cannot be probed, which fails all of them',
  3: 'the process does not exist',
  9: 'not a regular file',
};

/**
 * Many places in one file by one link: Linux 6.6. The program is loaded with
 * `expectedAttach: 'trace_uprobe_multi'`.
 */
export function* uprobeMulti(program: Program, targets: UprobeMultiTargets): Steps<Link> {
  const { path, offsets, cookies, refCtrOffsets, pid = 0, retprobe = false, session = false } = targets;
  expectCount(cookies, offsets.length);
  expectCount(refCtrOffsets, offsets.length);
  const attr = new Attr(64)
    .u32(0, program.fd)
    .u32(8, attachTypes[session ? 'trace_uprobe_session' : 'trace_uprobe_multi'])
    .pointer(16, cString(path))
    .pointer(24, offsets)
    .pointer(32, refCtrOffsets)
    .pointer(40, cookies)
    .u32(48, offsets.length)
    .u32(52, retprobe ? RETURN : 0)
    .u32(56, pid);
  const result: number = yield bpfCall('LINK_CREATE', attr);
  const asked = `attach program '${program.spec.name}' to ${offsets.length} places in ${path}`;
  return new FdLink('uprobe_multi', check(result, bpfName('LINK_CREATE'), asked, { cause: CAUSES[-result] }));
}
