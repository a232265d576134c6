/** What programs mean, as the compiler reads it. */
import { describe, expect, it } from 'vitest';
import { printProgram } from './print.js';
import { checkText } from './world.js';

/** Actions of a clause, and the checked tree. */
const bodies: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'constants and arithmetic': [
    ['x = 1;', '(= global.x 1:int)'],
    ['x = 3000000000;', '(= global.x 3000000000:long)'],
    ['x = 0xffffffff;', '(= global.x 4294967295:unsignedint)'],
    ['x = 60 * 1000000000;', '(= global.x 60000000000:long)'],
    ['x = (char)300;', '(= global.x 44:char)'],
    ['x = 5 / 2 * 2;', '(= global.x 4:int)'],
    ['x = 1u - 2;', '(= global.x 4294967295:unsignedint)'],
    ['x = sizeof (int) + 1;', '(= global.x 5:size_t)'],
    ["x = 'a';", '(= global.x 97:int)'],
    ["x = 'abcdefgh';", '(= global.x 7017280452245743464:long)'],
    ['x = sizeof (NULL);', '(= global.x 4:size_t)'],
    [
      'x = 1; y = x + 1u;',
      '(= global.x 1:int) (= global.y (+:unsignedint (to:unsignedint global.x) 1:unsignedint))',
    ],
    ['trace((int)arg0 << 3);', '(trace (<<:int (to:int arg0) 3:int))'],
    ['trace(-(char)arg1);', '(trace (-:char (to:char arg1)))'],
    [
      'trace((char)arg0 + (unsigned char)arg1);',
      '(trace (+:unsignedchar (to:unsignedchar (to:char arg0)) (to:unsignedchar arg1)))',
    ],
    ['trace((char)arg0 << 20);', '(trace (<<:int (to:int (to:char arg0)) 20:int))'],
    ['trace(!arg0);', '(trace (!:int arg0))'],
    ['trace(arg0 % 7);', '(trace (%:int64_t arg0 7:int64_t))'],
    ['trace(pid + arg0);', '(trace (+:int64_t (to:int64_t pid) arg0))'],
    ['trace(uid + 1);', '(trace (+:uid_t uid 1:uid_t))'],
  ],
  'records and pointers': [
    ['trace(curthread->pid);', '(trace (load:int (to:int* curthread)))'],
    ['trace(curthread->flagA);', '(trace (load:unsignedint bits=0+3 (+:unsignedint* curthread 20:long)))'],
    ['trace(curthread->flagB);', '(trace (load:unsignedint bits=3+5 (+:unsignedint* curthread 20:long)))'],
    ['trace(curthread->letter);', '(trace (load:char (+:char* curthread 28:long)))'],
    [
      'trace(curthread->inner.i_mode);',
      '(trace (load:unsignedshort (+:unsignedshort* (+:structinode* curthread 40:long) 8:long)))',
    ],
    [
      'trace(curthread->file->f_inode->i_ino);',
      '(trace (load:unsignedlong (to:unsignedlong* (load:structinode* (to:structinode** (load:structfile* (+:structfile** curthread 88:long)))))))',
    ],
    [
      'trace((*curthread->file).f_flags);',
      '(trace (load:unsignedint (+:unsignedint* (load:structfile* (+:structfile** curthread 88:long)) 8:long)))',
    ],
    [
      'trace(curthread->table[2]);',
      '(trace (load:long (+:long* (to:long* (+:long(*)[4] curthread 56:long)) 16:long)))',
    ],
    [
      'trace(curthread->table[arg0]);',
      '(trace (load:long (+:long* (to:long* (+:long(*)[4] curthread 56:long)) (*:long arg0 8:long))))',
    ],
    ['trace(&curthread->pid);', '(trace (to:int* curthread))'],
    [
      'trace(curthread->file + 1 - curthread->file);',
      '(trace (/:ptrdiff_t (-:ptrdiff_t (to:ptrdiff_t (+:structfile* (load:structfile* (+:structfile** curthread 88:long)) 16:long)) (to:ptrdiff_t (load:structfile* (+:structfile** curthread 88:long)))) 16:ptrdiff_t))',
    ],
    ['trace(`jiffies);', '(trace (load:unsignedlong 4096:unsignedlong*))'],
    ['trace(`init_task.pid);', '(trace (load:int (to:int* 4096:structtask_struct*)))'],
    ['trace(&`init_task);', '(trace 4096:structtask_struct*)'],
    ['trace(offsetof(struct file, f_flags));', '(trace 8:size_t)'],
    [
      'trace(curthread->file != NULL);',
      '(trace (!= (load:structfile* (+:structfile** curthread 88:long)) 0:structfile*))',
    ],
  ],
  strings: [
    ['trace(stringof(curthread->name));', '(trace (stringof (load:char* (+:char** curthread 32:long))))'],
    ['trace(curthread->comm);', '(trace (stringof<17 (load:char[16] (+:char(*)[16] curthread 4:long))))'],
    ['trace(execname == "sh");', '(trace (== execname "sh"))'],
    [
      'trace(curthread->comm == execname);',
      '(trace (== (stringof<17 (load:char[16] (+:char(*)[16] curthread 4:long))) execname))',
    ],
    ['trace(execname[0]);', '(trace (charat():char execname 0:int))'],
    ['trace(execname + 2);', '(trace (substr():string execname 2:int))'],
    [
      'this->a = arg0 ? "yes" : execname; trace(this->a != NULL);',
      '(= this.a (?:string arg0 "yes" execname)) (trace (!:int (isnull():int this.a)))',
    ],
    [
      'trace(strjoin(execname, curthread->name));',
      '(trace (strjoin():string execname (stringof (load:char* (+:char** curthread 32:long)))))',
    ],
    ['trace(copyinstr(arg0));', '(trace (copyinstr():string (to:uintptr_t arg0)))'],
    ['trace((string)arg0);', '(trace (stringof (to:char* arg0)))'],
  ],
  'enums and macros': [
    [
      'trace(curthread->state == STOPPED);',
      '(trace (== (to:int (load:enumstate (+:enumstate* curthread 24:long))) 4:int))',
    ],
    ['trace(PIDTYPE_TGID);', '(trace 1:int)'],
    ['trace($pid + $1);', '(trace 52:int)'],
    ['trace($$2);', '(trace "vfs_read")'],
    ['trace($3);', '(trace "two words")'],
    ['trace($target);', '(trace 7:int)'],
  ],
  variables: [
    [
      'self->t = timestamp; trace(self->t - 1);',
      '(= self.t timestamp) (trace (-:uint64_t self.t 1:uint64_t))',
    ],
    [
      'x["a", 1] = 5; x["abc", 2]++; trace(x["b", pid]);',
      '(= (global.x[] "a" 1:int) 5:int) (post 1 (global.x[] "abc" 2:int)) (trace (global.x[] "b" pid))',
    ],
    [
      'n++; --n; n += 2; n <<= 1;',
      '(post 1 global.n) (pre -1 global.n) (+=:int64_t global.n 2:int64_t) (<<=:int64_t global.n 1:int64_t)',
    ],
    [
      'p = (struct task_struct *)copyin(arg0, 64); p->pid = 1; p++; p += 2;',
      '(= global.p (to:structtask_struct* (copyin():void* (to:uintptr_t arg0) 64:size_t))) (= (load:int (to:int* global.p)) 1:int) (post 96 global.p) (+=:structtask_struct* global.p 192:long)',
    ],
    ['self->s = execname; self->s = 0;', '(= self.s execname) (= self.s 0:int)'],
    [
      's = *curthread; trace(s.pid); s.pid = 3;',
      '(= global.s (load:structtask_struct curthread)) (trace (load:int (& global.s))) (= (load:int (& global.s)) 3:int)',
    ],
  ],
  aggregations: [
    ['@d[execname, pid] = quantize(timestamp);', '(@d quantize [execname pid] (to:int64_t timestamp))'],
    [
      '@a[probefunc] = lquantize(arg0, 0, 100, 10, 2);',
      '(@a lquantize <0,100,10> [probefunc] arg0 weight=2:int64_t)',
    ],
    ['@ = llquantize(arg0, 10, 0, 6, 20);', '(@ llquantize <10,0,6,20> arg0)'],
    ['@[ustack(5, 100)] = count();', '(@ count [(ustack():stack 5:uint32_t 100:uint32_t)])'],
    ['@s[stack()] = sum(1);', '(@s sum [(stack():stack)] 1:int64_t)'],
    [
      '@k[curthread->comm] = max(pid);',
      '(@k max [(stringof<17 (load:char[16] (+:char(*)[16] curthread 4:long)))] (to:int64_t pid))',
    ],
    [
      '@c[pid] = count(); printa("%d %@u\\n", @c); clear(@c); trunc(@c, 5); trunc(@c); normalize(@c, 10);',
      '(@c count [pid]) (printa "%d %@u\\n" @c) (clear @c) (trunc @c #5) (trunc @c) (normalize @c 10:uint64_t)',
    ],
    [
      '@x = count(); @y = sum(1); printa("%@d %@d", @x, @y);',
      '(@x count) (@y sum 1:int64_t) (printa "%@d %@d" @x @y)',
    ],
  ],
  actions: [
    [
      'printf("%s %d %Y", curthread->comm, pid, walltimestamp);',
      '(printf "%s %d %Y" (stringof<17 (load:char[16] (+:char(*)[16] curthread 4:long))) pid walltimestamp)',
    ],
    [
      'printf("%*d %p %k", 3, pid, curthread, stack(2));',
      '(printf "%*d %p %k" 3:int pid curthread (stack():stack 2:uint32_t))',
    ],
    ['exit(0);', '(exit 0:int)'],
    ['stack(3); ustack(); ustack(2, 3);', '(stack #3) (ustack) (ustack #2 #3)'],
    [
      'tracemem(arg0, 16); tracemem(arg0, 16, arg1);',
      '(tracemem #16 arg0) (tracemem #16 arg0 (to:size_t arg1))',
    ],
    ['raise(9); system("ls %d", pid);', '(raise 9:int) (system "ls %d" pid)'],
  ],
  'control flow': [
    [
      'if (pid == 1) trace(1); else { trace(2); trace(3); }',
      '(if (== pid 1:pid_t) {(trace 1:int)} {(trace 2:int) (trace 3:int)})',
    ],
    [
      'int i = 3; for (int j = 0; j < 4; j++) { i += j; if (i > 4) break; else continue; }',
      '(= this.i 3:int) (= this.j 0:int) (loop (< this.j 4:int) step=(post 1 this.j) {(+=:int this.i this.j) (if (> this.i 4:int) {break} {continue})})',
    ],
    [
      'int i = 3; while (i--) ; do trace(i); while (i++ < 2);',
      '(= this.i 3:int) (loop (post -1 this.i) {}) (loop-last (< (post 1 this.i) 2:int) {(trace this.i)})',
    ],
    [
      '{ int i = 1; trace(i); } i = 5; trace(i);',
      '(= this.i 1:int) (trace this.i) (= global.i 5:int) (trace global.i)',
    ],
  ],
};

for (const [topic, cases] of Object.entries(bodies)) {
  describe(topic, () => {
    it.each(cases)('%s', (body, tree) => {
      const { program, diagnostics } = checkText(`BEGIN { ${body} }`);
      expect(diagnostics).toEqual([]);
      expect(printProgram(program)).toBe(tree);
    });
  });
}
