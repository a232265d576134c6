import { Attr, bpf, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import { closeFd } from '../syscall.js';

/** Has the kernel count and time program runs (`Program.info`) until the result is closed. Linux 5.8. */
export function bpfStatsEnable(): { close(): void } {
  let fd = check(bpf('ENABLE_STATS', new Attr(4)), bpfName('ENABLE_STATS'), 'count program runs');
  return {
    close: () => {
      if (fd >= 0) closeFd(fd);
      fd = -1;
    },
  };
}
