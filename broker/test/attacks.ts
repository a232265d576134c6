/** What an unprivileged user might try. Each is refused by the message whose id is named, before anything runs. */
export interface Attack {
  readonly what: string;
  readonly script: string;
  readonly refused: string;
  readonly options?: readonly (readonly [string, string?])[];
}

const KERNEL = 'privilege.kernel';
const PROCESS = 'privilege.process';
const DESTRUCTIVE = 'privilege.destructive';
const ADDRESS = '0xffffffff81000000';

const kernel = (what: string, script: string): Attack => ({ what, script, refused: KERNEL });

export const attacks: readonly Attack[] = [
  // ---- the kernel's memory, by every kind of pointer
  kernel('a cast number', `BEGIN { trace(*(int *)${ADDRESS}); }`),
  kernel('a cast number in a variable', `syscall:::entry { this->p = (long *)${ADDRESS}; trace(*this->p); }`),
  kernel('a pointer kept by a thread', `syscall:::entry { self->p = (long *)arg1; trace(*self->p); }`),
  kernel('an array of pointers', `syscall:::entry { p[0] = (long *)arg1; trace(*p[0]); }`),
  kernel('an index of a number', `BEGIN { trace(((char *)${ADDRESS})[64]); }`),
  kernel('the current task', 'BEGIN { trace(curthread->pid); }'),
  kernel('the address of the current task', 'BEGIN { trace((uint64_t)curthread); }'),
  kernel(
    'a comparison with an address',
    `syscall:::entry /curthread > (struct task_struct *)${ADDRESS}/ { trace(1); }`,
  ),
  kernel('what the library says of the process', 'syscall:::entry { trace(curpsinfo->pr_psargs); }'),
  kernel('what the library says of the thread', 'syscall:::entry { trace(curlwpsinfo->pr_addr); }'),
  kernel('the current folder', 'syscall:::entry { trace(cwd); }'),
  kernel('open files', 'syscall::read:entry { trace(fds[arg0].fi_oflags); }'),
  kernel(
    "the library's translator over an address of one's choice",
    `BEGIN { trace(xlate <psinfo_t *> ((struct task_struct *)${ADDRESS})->pr_fname); }`,
  ),
  kernel(
    'a translator of its own',
    `struct mine { int x; }; translator struct mine < struct task_struct *T > { x = T->pid; };
     BEGIN { trace(xlate <struct mine> ((struct task_struct *)${ADDRESS}).x); }`,
  ),
  kernel('an inline', `inline int word = *(int *)${ADDRESS}; BEGIN { trace(word); }`),
  kernel('a function', `int word(long p) { return *(int *)p; } BEGIN { trace(word(${ADDRESS})); }`),
  kernel('a structure', `struct pair { long a; long b; }; BEGIN { print(*(struct pair *)${ADDRESS}); }`),
  kernel('print() of a pointer', `BEGIN { print((struct list_head *)${ADDRESS}); }`),
  kernel('a string at an address', `BEGIN { trace(stringof((char *)${ADDRESS})); }`),
  kernel('a string by a cast', `BEGIN { trace((string)${ADDRESS}); }`),
  kernel('%s of an address', `BEGIN { printf("%s", stringof(${ADDRESS})); }`),
  kernel('strlen()', `BEGIN { trace(strlen((char *)${ADDRESS})); }`),
  kernel('strstr()', `BEGIN { trace(strstr((char *)${ADDRESS}, "a")); }`),
  kernel('a comparison of strings', `BEGIN /(string)${ADDRESS} == "x"/ { trace(1); }`),
  kernel('tracemem()', `BEGIN { tracemem(${ADDRESS}, 64); }`),
  kernel('more by tracemem() than was copied', 'syscall::write:entry { tracemem(copyin(arg1, 8), 4096); }'),
  kernel('bcopy()', `BEGIN { this->p = alloca(8); bcopy((void *)${ADDRESS}, this->p, 8); }`),
  kernel('inet_ntoa()', `BEGIN { trace(inet_ntoa((ipaddr_t *)${ADDRESS})); }`),
  kernel('inet_ntop()', `BEGIN { trace(inet_ntop(2, (void *)${ADDRESS})); }`),
  kernel('link_ntop()', `BEGIN { trace(link_ntop(1, (void *)${ADDRESS})); }`),
  kernel('d_path()', `BEGIN { trace(d_path((struct path *)${ADDRESS})); }`),
  kernel('inode_path()', `BEGIN { trace(inode_path((struct inode *)${ADDRESS})); }`),
  kernel('mutex_owner()', `BEGIN { trace(mutex_owned((struct mutex *)${ADDRESS})); }`),
  kernel('rw_read_held()', `BEGIN { trace(rw_read_held((rwlock_t *)${ADDRESS})); }`),
  kernel('an array taken for a string', 'char buffer[4]; BEGIN { trace(stringof(buffer)); }'),
  kernel('the address of an array', 'int list[4]; BEGIN { trace((uint64_t)&list[0]); }'),
  kernel('memory behind an array', 'int list[4]; BEGIN { trace(*(long *)((char *)&list[0] + 4096)); }'),
  kernel(
    'a string behind scratch memory',
    'BEGIN { this->p = (char *)alloca(4); trace(stringof(this->p)); }',
  ),
  kernel(
    'a structure behind scratch memory',
    'struct big { char c[512]; }; BEGIN { print(*(struct big *)alloca(4)); }',
  ),

  // ---- addresses of the kernel's
  kernel('the kernel stack', 'syscall:::entry { stack(); }'),
  kernel('the kernel stack as a key', 'syscall:::entry { @[stack(3)] = count(); }'),
  kernel('the caller', 'syscall:::entry { trace(caller); }'),
  kernel('the depth of the kernel stack', 'syscall:::entry { trace(stackdepth); }'),
  kernel('the interrupted address', 'profile-997 { trace(arg0); }'),
  kernel('registers of the kernel', 'syscall:::entry { trace(regs[0]); }'),
  kernel('names of kernel addresses', `BEGIN { sym(${ADDRESS}); }`),
  kernel('a module of kernel addresses', `BEGIN { trace(mod(${ADDRESS})); }`),
  kernel('where scratch memory is', 'syscall:::entry { this->p = alloca(8); trace((uint64_t)this->p); }'),
  kernel(
    'where scratch memory is, bit by bit',
    'syscall:::entry { this->p = (char *)alloca(8); trace(this->p > (char *)1); }',
  ),
  kernel('where scratch memory is, as a key', 'syscall:::entry { @[alloca(8)] = count(); }'),
  {
    what: 'where scratch memory is, by subtraction',
    script: 'syscall:::entry { this->p = (char *)alloca(8); trace(this->p - (char *)arg0); }',
    refused: 'operator.incompatible',
  },

  // ---- other processes
  { what: 'who runs when a clock ticks', script: 'tick-1ms { trace(execname); }', refused: PROCESS },
  { what: 'where it runs', script: 'tick-1ms { trace(arg1); }', refused: PROCESS },
  { what: 'its stack', script: 'tick-1ms { ustack(); }', refused: PROCESS },
  { what: 'its memory', script: 'tick-1ms { trace(copyinstr(0x400000)); }', refused: PROCESS },
  { what: 'its registers', script: 'tick-1ms { trace(uregs[R_RIP]); }', refused: PROCESS },
  { what: 'whose child it is', script: 'tick-1ms /progenyof(1)/ { trace(1); }', refused: PROCESS },
  {
    what: 'who had a fault',
    script: 'tick-1ms { this->z = 0; trace(1 / this->z); } ERROR { trace(pid); }',
    refused: PROCESS,
  },
  { what: "the tracer's memory", script: 'BEGIN { trace(copyinstr(0x400000)); }', refused: PROCESS },
  { what: "the tracer's stack", script: 'END { ustack(); }', refused: PROCESS },
  { what: 'functions of the kernel', script: 'fbt:::entry { trace(pid); }', refused: 'probe.none' },
  { what: 'tracepoints', script: 'sdt:::sched_switch { trace(pid); }', refused: 'probe.none' },
  { what: 'processes of others', script: 'proc:::exec { trace(pid); }', refused: 'probe.none' },
  { what: 'a probe by its number', script: '30000 { trace(pid); }', refused: 'probe.number' },
  {
    what: 'functions of every process',
    script: 'pid*:libc.so*:malloc:entry { trace(pid); }',
    refused: 'probe.none',
  },
  { what: 'functions of a file', script: 'pid/bin/sh::main:entry { trace(pid); }', refused: 'probe.none' },
  { what: 'functions of the first process', script: 'pid1:::entry { trace(pid); }', refused: 'probe.none' },
  { what: 'a clock that is too fast', script: 'profile-1ns { trace(1); }', refused: 'probe.none' },

  // ---- destruction
  {
    what: 'raise()',
    script: 'syscall:::entry { raise(9); }',
    refused: DESTRUCTIVE,
    options: [['destructive']],
  },
  { what: 'stop()', script: 'syscall:::entry { stop(); }', refused: DESTRUCTIVE, options: [['destructive']] },
  {
    what: 'chill()',
    script: 'BEGIN { chill(500000000); }',
    refused: DESTRUCTIVE,
    options: [['destructive']],
  },
  {
    what: 'copyout()',
    script: '#pragma D option destructive\nsyscall::read:entry { copyout(alloca(8), arg1, 8); }',
    refused: DESTRUCTIVE,
  },

  // ---- too much
  {
    what: 'loops within loops',
    script: 'BEGIN { for (int i = 0; i < 1000; i++) for (int j = 0; j < 1000; j++) this->x = i; }',
    refused: 'privilege.turns',
  },
  {
    what: 'a long loop in a function',
    script: 'int f(int n) { while (n > 0) n--; return n; } BEGIN { trace(f(10)); }',
    refused: 'privilege.turns',
    options: [['looplimit', '100000000']],
  },

  // ---- files
  { what: 'a file included', script: '#include "/etc/shadow"\nBEGIN { trace(1); }', refused: 'preprocessor' },
  {
    what: 'a system file included',
    script: '#include </etc/shadow>\nBEGIN { trace(1); }',
    refused: 'preprocessor',
  },
];
