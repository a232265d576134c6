/**
 * System calls in D over the tracepoints sys_enter (args[]: registers, number) and sys_exit (registers, result), for
 * tables of probes that stand on them. Programs of another word size (32-bit ones) have other numbers: they are not seen.
 */
type Arch = 'x64' | 'arm64';

/** Name → number on x86-64, on arm64; a machine that has no such call has no number. */
const NUMBERS: Readonly<Record<string, readonly [x64: number | undefined, arm64: number | undefined]>> = {
  chmod: [90, undefined],
  chown: [92, undefined],
  clone: [56, 220],
  clone3: [435, 435],
  close: [3, 57],
  creat: [85, undefined],
  execve: [59, 221],
  execveat: [322, 281],
  fallocate: [285, 47],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchown: [93, 55],
  fchownat: [260, 54],
  fcntl: [72, 25],
  fdatasync: [75, 83],
  flock: [73, 32],
  fork: [57, undefined],
  fstat: [5, 80],
  fsync: [74, 82],
  ftruncate: [77, 46],
  getdents: [78, undefined],
  getdents64: [217, 61],
  ioctl: [16, 29],
  lchown: [94, undefined],
  link: [86, undefined],
  linkat: [265, 37],
  lseek: [8, 62],
  lstat: [6, undefined],
  mkdir: [83, undefined],
  mkdirat: [258, 34],
  mmap: [9, 222],
  msgrcv: [70, 188],
  msgsnd: [69, 189],
  newfstatat: [262, 79],
  open: [2, undefined],
  openat: [257, 56],
  openat2: [437, 437],
  pread64: [17, 67],
  preadv: [295, 69],
  preadv2: [327, 286],
  pwrite64: [18, 68],
  pwritev: [296, 70],
  pwritev2: [328, 287],
  read: [0, 63],
  readlink: [89, undefined],
  readlinkat: [267, 78],
  readv: [19, 65],
  rename: [82, undefined],
  renameat: [264, 38],
  renameat2: [316, 276],
  rmdir: [84, undefined],
  rt_sigtimedwait: [128, 137],
  sched_setattr: [314, 274],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  semctl: [66, 191],
  semop: [65, 193],
  semtimedop: [220, 192],
  setpriority: [141, 140],
  stat: [4, undefined],
  statx: [332, 291],
  symlink: [88, undefined],
  symlinkat: [266, 36],
  truncate: [76, 45],
  unlink: [87, undefined],
  unlinkat: [263, 35],
  vfork: [58, undefined],
  write: [1, 64],
  writev: [20, 66],
};

/** Where a call's arguments are while it runs: the first register is that of the result as well on arm64. */
const REGISTERS: Readonly<Record<Arch, readonly string[]>> = {
  x64: ['di', 'si', 'dx', 'r10', 'r8', 'r9'],
  arm64: ['orig_x0', 'regs[1]', 'regs[2]', 'regs[3]', 'regs[4]', 'regs[5]'],
};

const NUMBER_AT_EXIT: Readonly<Record<Arch, string>> = {
  x64: 'args[0]->orig_ax',
  arm64: 'args[0]->syscallno',
};

/** System calls of one machine, as texts in D. */
export interface SystemCalls {
  /** At sys_enter: whether the call is one of these. */
  enters(...names: readonly string[]): string;
  /** At sys_exit: the same. */
  leaves(...names: readonly string[]): string;
  /** The call's argument, at either. */
  argument(index: number): string;
}

export function systemCalls(arch: Arch): SystemCalls {
  const numbers = (names: readonly string[]) =>
    names.flatMap((name) => NUMBERS[name]?.[arch === 'x64' ? 0 : 1] ?? []);
  const oneOf = (value: string, names: readonly string[]) => {
    const tests = numbers(names).map((number) => `${value} == ${number}`);
    return tests.length === 0 ? '0' : `(${tests.join(' || ')})`;
  };
  return {
    enters: (...names) => oneOf('args[1]', names),
    leaves: (...names) => oneOf(NUMBER_AT_EXIT[arch], names),
    argument: (index) => `args[0]->${REGISTERS[arch][index]}`,
  };
}
