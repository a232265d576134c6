// One boot: QEMU, the two shared folders, the console, a time limit.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output, Unavailable } from './command.mjs';

/** However this process ends, what it started ends with it: a guest nobody waits for would keep a processor busy. */
const start = (command, args, options) =>
  spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], options);

const DAEMONS = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'];

export function shareDaemon() {
  return DAEMONS.find((path) => existsSync(path));
}

/** Without a frequency the guest measures its clock against an emulated timer, which a busy host spoils. */
function clockOption() {
  const mips = /^bogomips\s*:\s*([\d.]+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
  return mips ? [`tsc_early_khz=${Math.round(Number(mips[1]) * 500)}`] : [];
}

function share(job, tag, folder) {
  const socket = join(job, `${tag}.sock`);
  const args = [
    `--socket-path=${socket}`,
    '-o',
    `source=${folder}`,
    '-o',
    'sandbox=chroot',
    '-o',
    'cache=always',
  ];
  return { socket, process: start(shareDaemon(), args, { stdio: 'ignore' }) };
}

/** A disk of its own: everything else in the guest is in memory or shared. */
function scratchDisk(job) {
  const file = join(job, 'disk');
  writeFileSync(file, '');
  truncateSync(file, 256 << 20);
  output('mkfs.ext4', ['-q', '-F', file]);
  return file;
}

async function appears(path) {
  for (let n = 0; n < 250; n++) {
    if (existsSync(path)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Unavailable('virtiofsd did not start');
}

/** Boots, runs `job/run`, returns when the guest is off. Its output goes to `onOutput` as it comes. */
export async function boot({ image, initrd, job, memory, cpus, seconds, onOutput }) {
  const shares = { root: share(job, 'root', '/'), job: share(job, 'job', job) };
  try {
    await Promise.all(Object.values(shares).map(({ socket }) => appears(socket)));
    const append = ['console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off', 'nokaslr', 'tsc=reliable'];
    append.push('no_timer_check', 'random.trust_cpu=on', ...clockOption());
    const args = ['-display', 'none', '-monitor', 'none', '-no-reboot', '-nodefaults', '-nic', 'none'];
    args.push('-accel', 'tcg,thread=multi', '-cpu', 'max,la57=off', '-smp', String(cpus), '-m', memory);
    args.push(
      '-object',
      `memory-backend-memfd,id=mem,size=${memory},share=on`,
      '-M',
      'q35,memory-backend=mem',
    );
    args.push('-kernel', image, '-initrd', initrd, '-append', append.join(' '));
    args.push('-drive', `file=${scratchDisk(job)},if=virtio,format=raw,cache=unsafe`);
    args.push('-serial', `file:${join(job, 'console')}`);
    args.push(
      '-device',
      'virtio-serial-pci',
      '-chardev',
      'stdio,id=out,signal=off',
      '-device',
      'virtconsole,chardev=out',
    );
    for (const [tag, { socket }] of Object.entries(shares)) {
      args.push('-chardev', `socket,id=${tag},path=${socket}`);
      args.push('-device', `vhost-user-fs-pci,chardev=${tag},tag=${tag},queue-size=1024`);
    }
    return await finish(
      start('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'pipe'] }),
      seconds,
      onOutput,
    );
  } finally {
    for (const { process } of Object.values(shares)) process.kill();
  }
}

function finish(child, seconds, onOutput) {
  return new Promise((resolve, reject) => {
    let complaints = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.stdout.on('data', onOutput);
    child.stderr.on('data', (text) => {
      complaints += text;
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ late, complaints });
    });
  });
}
