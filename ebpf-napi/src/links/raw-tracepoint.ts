import { Attr, bpfCall, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import type { Program } from '../programs/program.js';
import { cString, type Steps } from '../syscall.js';
import { FdLink, type Link } from './link.js';

export interface CookieOptions {
  /** What `bpf_get_attach_cookie` returns in the program. */
  readonly cookie?: bigint;
}

/** Raw tracepoints: Linux 4.17; cookie 6.10. One program may be attached to many. */
export function* rawTracepoint(program: Program, name: string, options: CookieOptions = {}): Steps<Link> {
  const attr = new Attr(options.cookie === undefined ? 16 : 24).pointer(0, cString(name)).u32(8, program.fd);
  if (options.cookie !== undefined) attr.u64(16, options.cookie);
  const result: number = yield bpfCall('RAW_TRACEPOINT_OPEN', attr);
  const asked = `attach program '${program.spec.name}' to raw tracepoint '${name}'`;
  const cookieHint = options.cookie === undefined ? undefined : 'cookies need feature tp_cookie (Linux 6.10)';
  return new FdLink(
    'raw_tracepoint',
    check(result, bpfName('RAW_TRACEPOINT_OPEN'), asked, {
      hint: -result === 2 ? 'no such tracepoint' : cookieHint,
    }),
  );
}

const TARGET_ATTACH_TYPE = {
  trace_raw_tp: 23,
  trace_fentry: 24,
  trace_fexit: 25,
  modify_return: 26,
  lsm_mac: 27,
} as const;

/**
 * Tracing programs, to what they were loaded for: typed tracepoints, fentry, fexit, fmod_ret (Linux 5.5);
 * iterators (5.8). Cookie: fentry and fexit 5.19 (x86), typed tracepoints 6.10.
 */
export function* tracing(program: Program, options: CookieOptions = {}): Steps<Link> {
  const { name, expectedAttach, attachTo } = program.spec;
  const asked = `attach program '${name}' (${expectedAttach}) to '${attachTo ?? 'module function'}'`;
  if (expectedAttach === 'trace_iter') {
    const attr = new Attr(32).u32(0, program.fd).u32(8, 28);
    return new FdLink('tracing', check(yield bpfCall('LINK_CREATE', attr), bpfName('LINK_CREATE'), asked));
  }
  if (options.cookie === undefined) {
    // The older call does the same for all of them and is there on every kernel that has them.
    const attr = new Attr(16).u32(8, program.fd);
    const result: number = yield bpfCall('RAW_TRACEPOINT_OPEN', attr);
    return new FdLink('tracing', check(result, bpfName('RAW_TRACEPOINT_OPEN'), asked));
  }
  const attachType = TARGET_ATTACH_TYPE[expectedAttach as keyof typeof TARGET_ATTACH_TYPE];
  const attr = new Attr(32).u32(0, program.fd).u32(8, attachType).u64(24, options.cookie);
  return new FdLink('tracing', check(yield bpfCall('LINK_CREATE', attr), bpfName('LINK_CREATE'), asked));
}
