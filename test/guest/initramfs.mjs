// The guest's first file system: busybox, the few modules that lead to the shared root, and an init script.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const MODULES = ['virtio_pci', 'virtio_console', 'virtiofs', 'overlay', 'virtio_blk', 'ext4'];

/** The modules in the order that insmod needs: what a module depends on comes before it. */
function loadOrder(folder) {
  const files = readdirSync(join(folder, 'kernel'), { recursive: true }).filter((path) =>
    path.includes('.ko'),
  );
  const paths = new Map(files.map((path) => [moduleName(path), join(folder, 'kernel', path)]));
  const order = new Map();
  const add = (name) => {
    const path = paths.get(name);
    // One that is built in has no file and needs none.
    if (path === undefined || order.has(name)) return;
    const code = contents(path);
    for (const need of dependencies(code)) add(need);
    order.set(name, code);
  };
  MODULES.forEach(add);
  return order;
}

const moduleName = (path) =>
  path
    .split('/')
    .at(-1)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');

/** From the module's own .modinfo: the index file (modules.dep) is made at installation, not in the package. */
function dependencies(code) {
  const start = code.indexOf('\0depends=') + 9;
  const list = start < 9 ? '' : code.toString('latin1', start, code.indexOf(0, start));
  return list
    .split(',')
    .filter(Boolean)
    .map((name) => name.replaceAll('-', '_'));
}

// The root is the machine's own, read-only, under a tmpfs that takes every change; /job is shared and writable. /mnt is a
// scratch disk, and modprobe finds the kernel's modules.
const INIT = (modules) => `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc; $b mount -t sysfs sysfs /sys; $b mount -t devtmpfs dev /dev
fail() { echo "guest: $*" >/dev/kmsg; $b poweroff -f; }
for m in $($b cat /modules/order); do $b insmod /modules/$m || fail "insmod $m"; done
$b mount -t virtiofs -o ro root /lower || fail "mount root"
$b mount -t tmpfs -o size=80% tmpfs /rw; $b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work overlay /root || fail "mount overlay"
r=/root
for d in proc sys dev; do $b mount --bind /$d $r/$d; done
$b mkdir -p $r/dev/pts $r/dev/shm $r/job
$b mount -t devpts devpts $r/dev/pts; $b mount -t tmpfs tmpfs $r/dev/shm
$b mount -t tmpfs tmpfs $r/run; $b mount -t tmpfs tmpfs $r/tmp
$b ln -sf /proc/self/fd $r/dev/fd; $b ln -sf fd/0 $r/dev/stdin
$b ln -sf fd/1 $r/dev/stdout; $b ln -sf fd/2 $r/dev/stderr
$b mount -t debugfs debugfs $r/sys/kernel/debug; $b mount -t tracefs tracefs $r/sys/kernel/tracing
$b mount -t bpf bpf $r/sys/fs/bpf; $b mount -t cgroup2 cgroup2 $r/sys/fs/cgroup
$b mount -t virtiofs job $r/job || fail "mount job"
$b mount -t ext4 /dev/vda $r/mnt || echo "guest: no scratch disk" >/dev/kmsg
$b mkdir -p $r/lib/modules; $b ln -sfn ${modules} $r/lib/modules/$($b uname -r)
$b ip link set lo up; $b hostname guest
n=0; until [ -c /dev/vport0p1 ] || [ -c /dev/hvc0 ]; do n=$((n+1)); [ $n -gt 500 ] && fail "no console"; $b usleep 10000; done
$b stty -F /dev/hvc0 raw
# Through a pipe: what runs here writes for a log, not for a terminal.
# The new root takes the place of the old: paths that the kernel's own lists lead to are then those that users see.
cd $r; $b mount --move . /
{ $b chroot . /bin/sh /job/run </dev/null 2>&1; echo $? >./job/status; } | $b cat >/dev/hvc0
$b sync; $b poweroff -f
`;

export function initramfs(modules, busybox, cache) {
  const work = join(cache, `initramfs.${process.pid}`);
  try {
    for (const name of ['bin', 'dev', 'proc', 'sys', 'modules', 'lower', 'rw', 'root']) {
      mkdirSync(join(work, name), { recursive: true });
    }
    copyFileSync(busybox, join(work, 'bin/busybox'));
    const order = loadOrder(modules);
    for (const [name, code] of order) writeFileSync(join(work, 'modules', name), code);
    writeFileSync(join(work, 'modules/order'), [...order.keys()].join('\n'));
    writeFileSync(join(work, 'init'), INIT(modules));
    chmodSync(join(work, 'init'), 0o755);
    const pack = `find . | ${busybox} cpio -o -H newc 2>/dev/null`;
    return execFileSync('sh', ['-c', pack], { cwd: work, maxBuffer: 1 << 28 });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function contents(path) {
  if (path.endsWith('.xz')) return execFileSync('xz', ['-dc', path], { maxBuffer: 1 << 28 });
  if (path.endsWith('.zst')) return execFileSync('zstd', ['-dcq', path], { maxBuffer: 1 << 28 });
  return readFileSync(path);
}
