import { Attr, bpfCall, bpfName } from '../bpf.js';
import { check, MissingFeatureError } from '../errors.js';
import type { Program } from '../programs/program.js';
import { attachTypes } from '../programs/types.js';
import { closeCall, ioctlCall, type Steps } from '../syscall.js';
import { FdLink, type Link, type LinkKind } from './link.js';
import { PerfIoctl } from './perf-attr.js';

const EINVAL = 22;

export interface PerfTarget {
  readonly kind: LinkKind;
  readonly asked: string;
  readonly cookie?: bigint | undefined;
  /** Whether closing the link closes the event too. */
  readonly owned: boolean;
}

/** Ties a program to a perf event by a BPF link (5.15), or by ioctl before that, and enables the event. */
export function* attachToPerf(program: Program, perfFd: number, target: PerfTarget): Steps<Link> {
  try {
    const attr = new Attr(24)
      .u32(0, program.fd)
      .u32(4, perfFd)
      .u32(8, attachTypes.perf_event)
      .u64(16, target.cookie ?? 0n);
    const linkFd: number = yield bpfCall('LINK_CREATE', attr);
    if (linkFd !== -EINVAL) {
      check(linkFd, bpfName('LINK_CREATE'), target.asked);
      yield ioctlCall(perfFd, PerfIoctl.ENABLE);
      return new FdLink(target.kind, linkFd, ...(target.owned ? [perfFd] : []));
    }
    const result: number = yield ioctlCall(perfFd, PerfIoctl.SET_BPF, program.fd);
    check(result, 'ioctl(PERF_EVENT_IOC_SET_BPF)', target.asked);
    if (target.cookie !== undefined) throw new MissingFeatureError('perf_cookie', '5.15');
    check(yield ioctlCall(perfFd, PerfIoctl.ENABLE), 'ioctl(PERF_EVENT_IOC_ENABLE)', target.asked);
    return new FdLink(target.kind, ...(target.owned ? [perfFd] : []));
  } catch (error) {
    if (target.owned) yield closeCall(perfFd);
    throw error;
  }
}
