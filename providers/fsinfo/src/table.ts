import {
  EVOLVING,
  type Host,
  type ProbeArgument,
  type ProbeTable,
  type SystemCalls,
  systemCalls,
  type TableProbe,
  type TableSite,
} from '@dtrace/core/provider';

/** args[0]: the file, an open one by its address or one that a path in user memory names; args[1]: how much. */
const about = (operand: string, amount = '0'): readonly ProbeArgument[] => [
  { type: 'struct fs_operand *', value: `(struct fs_operand *)(${operand})`, translated: 'fileinfo_t *' },
  { type: 'int', value: amount },
];

/** The running process's open file of that number. */
const openFile = (fd: string) => `curthread->files->fdt->fd[(int)(${fd})]`;

const SUCCEEDED = '(int64_t)args[1] >= 0';
const RESULT = 'args[1]';
const FCNTL = { lock: [5, 6, 7, 36, 37, 38], flags: [4] } as const;
const O_CREAT = 0x40;
const AT_REMOVEDIR = 0x200;
const MAP_ANONYMOUS = 0x20;

function probes(calls: SystemCalls): readonly TableProbe[] {
  const { argument } = calls;
  /** After a call that succeeded, of the file whose number is the call's first argument. */
  const onOpen = (names: readonly string[], amount?: string, guard = '1'): TableSite => ({
    tracepoint: 'sys_exit',
    guard: `${SUCCEEDED} && ${calls.leaves(...names)} && ${guard}`,
    args: about(openFile(argument(0)), amount),
  });
  /** After a call that succeeded, of the path it was given: the first argument, the second of the *at calls. */
  const onPath = (plain: readonly string[], at: readonly string[], guard = '1'): TableSite => ({
    tracepoint: 'sys_exit',
    guard: `${SUCCEEDED} && ${calls.leaves(...plain, ...at)} && ${guard}`,
    args: about(`${calls.leaves(...plain)} ? ${argument(0)} : ${argument(1)}`),
  });
  /** Of either. */
  const onEither = (open: readonly string[], plain: readonly string[], at: readonly string[]): TableSite => ({
    tracepoint: 'sys_exit',
    guard: `${SUCCEEDED} && ${calls.leaves(...open, ...plain, ...at)}`,
    args: about(
      `${calls.leaves(...open)} ? (uintptr_t)${openFile(argument(0))} : (uintptr_t)(${calls.leaves(...plain)} ? ${argument(0)} : ${argument(1)})`,
    ),
  });
  const command = (numbers: readonly number[]) =>
    `(${numbers.map((number) => `${argument(1)} == ${number}`).join(' || ')})`;
  const creates = `(${calls.leaves('creat')} || ((${calls.leaves('openat')} ? ${argument(2)} : ${argument(1)}) & ${O_CREAT}))`;
  const removesFolder = `(${calls.leaves('unlinkat')} && (${argument(2)} & ${AT_REMOVEDIR}))`;
  const probe = (name: string, tracepoint: TableSite): TableProbe => ({ name, tracepoint });
  return [
    probe('close', {
      tracepoint: 'sys_enter',
      guard: `${calls.enters('close')} && ${argument(0)} < curthread->files->fdt->max_fds && ${openFile(argument(0))} != NULL`,
      args: about(openFile(argument(0))),
    }),
    probe('create', onPath(['open', 'creat'], ['openat'], creates)),
    probe('frlock', onOpen(['fcntl', 'flock'], '0', `(${calls.leaves('flock')} || ${command(FCNTL.lock)})`)),
    probe('fsync', onOpen(['fsync', 'fdatasync'])),
    probe('getattr', onEither(['fstat'], ['stat', 'lstat'], ['newfstatat', 'statx'])),
    probe('ioctl', onOpen(['ioctl'])),
    probe('link', onPath(['link'], ['linkat'])),
    probe('map', {
      tracepoint: 'sys_exit',
      guard: `(int64_t)args[1] > 0 && ${calls.leaves('mmap')} && !(${argument(3)} & ${MAP_ANONYMOUS})`,
      args: about(openFile(argument(4)), argument(1)),
    }),
    probe('mkdir', onPath(['mkdir'], ['mkdirat'])),
    probe('open', {
      tracepoint: 'sys_exit',
      guard: `${SUCCEEDED} && ${calls.leaves('open', 'openat', 'openat2', 'creat')}`,
      args: about(openFile(RESULT)),
    }),
    probe('read', onOpen(['read', 'readv', 'pread64', 'preadv', 'preadv2'], RESULT)),
    probe('readdir', onOpen(['getdents', 'getdents64'], RESULT)),
    probe('readlink', onPath(['readlink'], ['readlinkat'])),
    probe('remove', onPath(['unlink'], ['unlinkat'], `!${removesFolder}`)),
    probe('rename', onPath(['rename'], ['renameat', 'renameat2'])),
    probe('rmdir', onPath(['rmdir'], ['unlinkat'], `(${calls.leaves('rmdir')} || ${removesFolder})`)),
    probe('seek', onOpen(['lseek'])),
    probe('setattr', onEither(['fchmod', 'fchown'], ['chmod', 'chown', 'lchown'], ['fchmodat', 'fchownat'])),
    probe('setfl', onOpen(['fcntl'], '0', command(FCNTL.flags))),
    probe('space', onEither(['ftruncate', 'fallocate'], ['truncate'], [])),
    probe('symlink', {
      tracepoint: 'sys_exit',
      guard: `${SUCCEEDED} && ${calls.leaves('symlink', 'symlinkat')}`,
      args: about(`${calls.leaves('symlink')} ? ${argument(1)} : ${argument(2)}`),
    }),
    probe('write', onOpen(['write', 'writev', 'pwrite64', 'pwritev', 'pwritev2'], RESULT)),
  ];
}

const INSIDE = 'it is an operation inside the kernel that no tracepoint tells of';

export const fsinfoTable = (arch: Host['arch']): ProbeTable => ({
  name: 'fsinfo',
  attributes: EVOLVING,
  weight: 143,
  probes: probes(systemCalls(arch)),
  absent: Object.fromEntries(
    [
      'addmap',
      'cmp',
      'delmap',
      'dispose',
      'dump',
      'fid',
      'getpage',
      'getsecattr',
      'inactive',
      'lookup',
      'pageio',
      'pathconf',
      'poll',
      'putpage',
      'realvp',
      'rwlock',
      'rwunlock',
      'setsecattr',
      'shrlock',
    ].map((name) => [name, INSIDE]),
  ),
});
