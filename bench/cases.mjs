// What is measured. A case has variants; every round runs each variant once, so that a busy moment hits all of them.
// A variant returns its measures by name. `baseline` is taken off what the others cost.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { helper, helperSays, measure, TOOLS, work } from './tools.mjs';

const CPU = Math.min(1, cpus().length - 1);
const lines = (text) => text.split('\n').length - 1;

function simple(programs, measures, args = []) {
  return Object.fromEntries(
    Object.entries(programs).map(([label, [tool, program]]) => [
      label,
      { tool, run: () => measures(measure(TOOLS[tool].command(program, args))) },
    ]),
  );
}

const start = {
  title: 'start to exit, `BEGIN { exit(0) }`',
  rounds: 15,
  variants: {
    ...simple(
      { dtrace: ['dtrace', 'BEGIN { exit(0); }'], oracle: ['oracle', 'BEGIN { exit(0); }'] },
      startUp,
    ),
    ...simple({ bpftrace: ['bpftrace', 'BEGIN { exit(); }'] }, startUp),
    'empty Node process': { run: () => startUp(measure([process.execPath, '-e', '0'])) },
  },
};
function startUp({ milliseconds, megabytes }) {
  return { 'wall ms': milliseconds, 'peak MB': megabytes };
}

/** The tracer's own child says when it was let go: everything is attached by then. */
function attachTime(result) {
  return {
    'ready ms': (helperSays('stamp', result) - result.start) / 1e6,
    'start to exit ms': result.milliseconds,
  };
}
const attach = {
  title: 'attach every system call entry',
  rounds: 3,
  variants: simple(
    {
      dtrace: ['dtrace', 'syscall:::entry { @ = count(); }'],
      oracle: ['oracle', 'syscall:::entry { @ = count(); }'],
      bpftrace: ['bpftrace', 'tracepoint:syscalls:sys_enter_* { @ = count(); }'],
      'bpftrace, raw_syscalls': ['bpftrace', 'tracepoint:raw_syscalls:sys_enter { @ = count(); }'],
    },
    attachTime,
    ['-c', `${helper} stamp`],
  ),
};

const CALLS = 1_000_000;
const loopCommand = (calls) => `${helper} loop ${CPU} ${calls}`;

function perCall(title, programs) {
  const bare = () => ({
    'ns per call': helperSays('loop', measure([helper, 'loop', String(CPU), String(CALLS)])),
  });
  const traced = (result) => ({ 'ns per call': helperSays('loop', result) });
  return {
    title: `added cost per system call: ${title}`,
    rounds: 7,
    baseline: 'not traced',
    variants: { 'not traced': { run: bare }, ...simple(programs, traced, ['-c', loopCommand(CALLS)]) },
  };
}

const D_LATENCY = (probe) =>
  `${probe}:entry { self->t = timestamp; } ${probe}:return /self->t/ { @ = quantize(timestamp - self->t); self->t = 0; }`;
const BT_LATENCY = (enter, exit) =>
  `${enter} { @t[tid] = nsecs; } ${exit} /@t[tid]/ { @ = hist(nsecs - @t[tid]); delete(@t[tid]); }`;
const raw = 'tracepoint:raw_syscalls:sys_';
const one = (side) => `tracepoint:syscalls:sys_${side}_getppid`;

const count = perCall('count by execname', {
  dtrace: ['dtrace', 'syscall:::entry { @[execname] = count(); }'],
  'dtrace, one system call': ['dtrace', 'syscall::getppid:entry { @[execname] = count(); }'],
  oracle: ['oracle', 'syscall::getppid:entry { @[execname] = count(); }'],
  'bpftrace, raw_syscalls': ['bpftrace', `${raw}enter { @[comm] = count(); }`],
  'bpftrace, one system call': ['bpftrace', `${one('enter')} { @[comm] = count(); }`],
});
const quantize = perCall('quantize of an argument', {
  dtrace: ['dtrace', 'syscall:::entry { @ = quantize(arg0); }'],
  'bpftrace, raw_syscalls': ['bpftrace', `${raw}enter { @ = hist(args->args[0]); }`],
});
const latency = perCall('latency: self-> timestamp pair, quantize', {
  dtrace: ['dtrace', D_LATENCY('syscall::')],
  'dtrace, one system call': ['dtrace', D_LATENCY('syscall::getppid')],
  oracle: ['oracle', D_LATENCY('syscall::getppid')],
  'bpftrace, raw_syscalls': ['bpftrace', BT_LATENCY(`${raw}enter`, `${raw}exit`)],
  'bpftrace, one system call': ['bpftrace', BT_LATENCY(one('enter'), one('exit'))],
});

/** Stacks of frames that have frame pointers: others a tracer that goes by them does not see. */
const FRAMES = 40;
function perStack(title, dtrace, bpftrace) {
  const calls = 200_000;
  const command = `${helper} loop ${CPU} ${calls} ${FRAMES}`;
  const added = (result) => ({ 'ns per call': helperSays('loop', result) });
  const traced = (tool, program, args = []) => ({
    tool,
    run: () => added(measure(TOOLS[tool].command(program, [...args, '-c', command]))),
  });
  return {
    title,
    rounds: 5,
    baseline: 'not traced',
    variants: {
      'not traced': { run: () => added(measure(command.split(' '))) },
      dtrace: traced('dtrace', dtrace, ['-x', 'ustackunwind=dwarf']),
      'dtrace, frame pointers': traced('dtrace', dtrace, ['-x', 'ustackunwind=fp']),
      'bpftrace, frame pointers': traced('bpftrace', bpftrace),
    },
  };
}
const ustack = perStack(
  `count by user stack, ${FRAMES} frames and more`,
  'syscall::getppid:entry /pid == $target/ { @[ustack(60)] = count(); }',
  `${one('enter')} /pid == cpid/ { @[ustack(60)] = count(); }`,
);

const EVENTS = 500_000;
const FIRED = EVENTS * 1.1; // with the helper's warm-up

/** Every fired probe is a printed line or a reported drop; anything else is lost without a word. */
function flood(tool, program, dropPattern, args = []) {
  const output = join(work, 'flood');
  return {
    tool,
    run: () => {
      // dtrace adds to its output file, bpftrace replaces it.
      rmSync(output, { force: true });
      const result = measure(
        TOOLS[tool].command(program, [...args, '-o', output, '-c', loopCommand(EVENTS)]),
      );
      const text = readFileSync(output, 'latin1');
      const printed = lines(text) - lines(text.replaceAll(/^hit .*\n/gm, ''));
      let dropped = 0;
      for (const [, n] of `${result.err}\n${text}`.matchAll(dropPattern)) dropped += Number(n);
      const seconds = (helperSays('loop', { ...result, out: text + result.out }) * EVENTS) / 1e9;
      return {
        'printed, thousands/s': printed / seconds / 1000,
        'printed %': (100 * printed) / FIRED,
        'dropped, counted %': (100 * dropped) / FIRED,
        'lost, not counted': FIRED - printed - dropped,
        'ns per call': (seconds / EVENTS) * 1e9,
      };
    },
  };
}
const D_FLOOD = 'syscall::getppid:entry /pid == $target/ { printf("hit %s %d\\n", execname, pid); }';
const printing = {
  title: 'a printf per system call, as fast as one CPU calls',
  rounds: 3,
  variants: {
    dtrace: flood('dtrace', D_FLOOD, /^dtrace: (\d+) .*drops?\b/gm),
    oracle: flood('oracle', D_FLOOD, /^dtrace: (\d+) .*drops?\b/gm),
    bpftrace: flood(
      'bpftrace',
      `${one('enter')} /pid == cpid/ { printf("hit %s %d\\n", comm, pid); }`,
      /^Lost (\d+) events/gm,
    ),
  },
};

const listed = ({ milliseconds, megabytes, out }) => ({
  'wall ms': milliseconds,
  'peak MB': megabytes,
  probes: lines(out),
  'us per probe': (1000 * milliseconds) / lines(out),
});
const list = {
  title: 'list every probe, `-l`',
  rounds: 5,
  variants: simple(
    { dtrace: ['dtrace', undefined], oracle: ['oracle', undefined], bpftrace: ['bpftrace', undefined] },
    listed,
    ['-l'],
  ),
};

const FUNCTIONS = 1000;

/** A program of so many functions, that says when it was let go. */
function manyFunctions() {
  const names = Array.from({ length: FUNCTIONS }, (_, i) => `many_${i}`);
  const source = names.map((name, i) => `__attribute__((noipa)) int ${name}(int x) { return x + ${i}; }`);
  const calls = names.map((name) => `sum += ${name}(sum);`);
  const now = 'struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t);';
  const say = 'dprintf(2, "stamp %lld\\n", t.tv_sec * 1000000000LL + t.tv_nsec);';
  const main = `int main(void) { ${now} ${say} int sum = 0; ${calls.join('')} return sum == 1; }`;
  const file = join(work, 'many');
  writeFileSync(`${file}.c`, `#include <stdio.h>\n#include <time.h>\n${source.join('\n')}\n${main}\n`);
  execFileSync('cc', ['-O1', '-fno-omit-frame-pointer', '-o', file, `${file}.c`]);
  return file;
}
const many = join(work, 'many');
const functions = {
  title: `attach and detach ${FUNCTIONS} functions of one process`,
  // One takes bpftrace two minutes.
  rounds: 1,
  prepare: manyFunctions,
  variants: simple(
    {
      dtrace: ['dtrace', 'pid$target:a.out:many_*:entry { @ = count(); }'],
      bpftrace: ['bpftrace', `uprobe:${many}:many_* { @ = count(); }`],
    },
    attachTime,
    ['-c', many],
  ),
};

const HITS = 300_000;
function perHit(title, programs, mode = 'call') {
  const says = (result) => ({ 'ns per call': helperSays('call', result) });
  const command = `${helper} ${mode} ${CPU} ${HITS}`;
  return {
    title: `added cost per call of a user function: ${title}`,
    rounds: 7,
    baseline: 'not traced',
    variants: {
      'not traced': { run: () => says(measure(command.split(' '))) },
      ...simple(programs, says, ['-c', command]),
    },
  };
}
const uprobe = perHit('count its entries', {
  dtrace: ['dtrace', 'pid$target:a.out:called:entry { @ = count(); }'],
  bpftrace: ['bpftrace', `uprobe:${helper}:called { @ = count(); }`],
});
/** The one of them starts with a push, which the kernel carries out itself; the other with what it steps through. */
const single = (name, title, mode) =>
  perHit(
    `count one of its instructions, ${title}`,
    {
      dtrace: ['dtrace', `instr$target:a.out:${name}:*-0 { @ = count(); }`],
      'dtrace, by what it does': [
        'dtrace',
        `instr$target:a.out:${name}:*-0 { @[arg1, arg2 != 0, arg4] = count(); }`,
      ],
      bpftrace: ['bpftrace', `uprobe:${helper}:${name}+0 { @ = count(); }`],
    },
    mode,
  );
const emulated = single('called', 'emulated', 'call');
const stepped = single('summed', 'stepped through', 'sum');
const uretprobe = perHit('sum of what it returns', {
  dtrace: ['dtrace', 'pid$target:a.out:called:return { @ = sum(arg1); }'],
  bpftrace: ['bpftrace', `uretprobe:${helper}:called { @ = sum(retval); }`],
});

/** What the loop's system call runs; both tools reach it by each means that the kernel has. */
const KERNEL_FUNCTION = '__task_pid_nr_ns';
const KERNEL_CALLS = 200_000;

/** Without means of its own (`fbtbackend`) dtrace takes what it holds for the best. */
function perFunction(title, at, action, bpftrace) {
  const command = loopCommand(KERNEL_CALLS);
  const says = (result) => ({ 'ns per call': helperSays('loop', result) });
  const traced = (tool, program, args = []) => ({
    tool,
    run: () => says(measure(TOOLS[tool].command(program, [...args, '-c', command]))),
  });
  const own = `fbt::${KERNEL_FUNCTION}:${at} ${action}`;
  return {
    title: `added cost per call of a kernel function: ${title}`,
    rounds: 5,
    baseline: 'not traced',
    variants: {
      'not traced': { run: () => says(measure(command.split(' '))) },
      dtrace: traced('dtrace', own),
      'dtrace, kprobe_multi': traced('dtrace', own, ['-x', 'fbtbackend=kprobe_multi']),
      'dtrace, kprobe': traced('dtrace', own, ['-x', 'fbtbackend=kprobe']),
      ...Object.fromEntries(
        Object.entries(bpftrace).map(([means, act]) => [
          `bpftrace, ${means}`,
          traced('bpftrace', `${means}:${KERNEL_FUNCTION} ${act}`),
        ]),
      ),
    },
  };
}
const kernelEntry = perFunction('count its entries by execname', 'entry', '{ @[execname] = count(); }', {
  kfunc: '{ @[comm] = count(); }',
  kprobe: '{ @[comm] = count(); }',
});
const kernelReturn = perFunction('quantize what it returns', 'return', '{ @ = quantize(arg1); }', {
  kretfunc: '{ @ = hist(retval); }',
  kretprobe: '{ @ = hist(retval); }',
});

function attachFunctions(title, own, theirs) {
  return {
    title: `attach and detach kernel functions: ${title}`,
    rounds: 5,
    variants: simple({ dtrace: ['dtrace', own], ...theirs }, attachTime, ['-c', `${helper} stamp`]),
  };
}
const kernelFew = attachFunctions('vfs_*', 'fbt::vfs_*:entry { @ = count(); }', {
  'bpftrace, kprobe': ['bpftrace', 'kprobe:vfs_* { @ = count(); }'],
  'bpftrace, kfunc': ['bpftrace', 'kfunc:vfs_* { @ = count(); }'],
});

/** First letters of about 5,000 functions. An emulated machine survives this with one CPU only. */
const LETTERS = ['c', 'f', 'g'];
const kernelMany = attachFunctions('5,000 of them', `fbt::[${LETTERS.join('')}]*:entry { @ = count(); }`, {
  'bpftrace, kprobe': [
    'bpftrace',
    `${LETTERS.map((letter) => `kprobe:${letter}*`).join(',')} { @ = count(); }`,
  ],
});

export const CASES = {
  start,
  attach,
  count,
  quantize,
  latency,
  ustack,
  printing,
  list,
  functions,
  uprobe,
  uretprobe,
  emulated,
  stepped,
  kernelEntry,
  kernelReturn,
  kernelFew,
  kernelMany,
};
