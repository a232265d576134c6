#!/usr/bin/env node
// node bench/compile.mjs [rounds=7]: what compiling costs, each round in a process of its own, as a start of the command is.
// Where the time goes: node --cpu-prof bench/compile.mjs --one script (or library, or nothing).
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DTrace, LocalHost } from '../core/dist/index.js';
import dtrace from '../providers/dtrace/dist/index.js';
import profile from '../providers/profile/dist/index.js';
import syscall from '../providers/syscall/dist/index.js';

/** Ten lines of what scripts do. */
const clause = (i) => `
syscall::${['read', 'write', 'openat', 'close', 'mmap'][i % 5]}:entry
/pid != $pid && execname != "node${i}"/
{
	self->start${i} = timestamp; this->size = arg2 > 4096 ? arg2 >> 12 : arg2;
	@sizes${i % 20}[execname, probefunc] = quantize(this->size);
	total${i}[pid, tid] = this->size * ${i + 1};
	names[pid] = strjoin(execname, lltostr(this->size));
	printf("%d %s %s\\n", total${i}[pid, tid], names[pid], probefunc);
}`;
const SCRIPT = Array.from({ length: 50 }, (_, i) => clause(i)).join('\n');
const LIBRARY = new URL('../core/dlib', import.meta.url).pathname;

/** Its own library is read as far as a script mentions it; here it is read whole, or not at all. */
const engine = () => new DTrace(new LocalHost(), [dtrace, profile, syscall], { ownLibrary: '/nonexistent' });
const CASES = {
  nothing: { text: 'BEGIN { exit(0); }', options: [['nolibs', undefined]] },
  library: { text: 'BEGIN { exit(0); }', libraryPaths: [LIBRARY] },
  script: { text: SCRIPT, options: [['nolibs', undefined]] },
};

function once(name) {
  const { text, ...request } = CASES[name];
  const made = engine();
  // What every start pays, whatever it compiles.
  made.compile('BEGIN { }', { options: [['nolibs', undefined]] });
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  made.compile(text, request);
  const { user, system } = process.cpuUsage(cpu);
  return { wall: performance.now() - wall, cpu: (user + system) / 1000 };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

const args = process.argv.slice(2);
if (args[0] === '--one') console.log(JSON.stringify(once(args[1])));
else {
  const rounds = Number(args[0] ?? 7);
  const lines = SCRIPT.split('\n').length;
  console.log(`a script of ${lines} lines; medians (least) of ${rounds} rounds, milliseconds`);
  for (const name of Object.keys(CASES)) {
    const results = Array.from({ length: rounds }, () => {
      const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--one', name]);
      return JSON.parse(stdout.toString());
    });
    const shown = ['wall', 'cpu'].map((measure) => {
      const values = results.map((result) => result[measure]);
      return `${measure} ${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)})`;
    });
    console.log(`${name.padEnd(8)} ${shown.join('  ')}`);
  }
}
