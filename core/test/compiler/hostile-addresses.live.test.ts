/**
 * Kernel memory is safe: every form in which D reads through a pointer, at addresses that are nobody's, that are a
 * process's, unmapped, misaligned or outside of what the processor can address. Each either gives a value or is a fault of
 * the clause with its kind and address; the machine and the tracing go on.
 */
import { describe, expect, test } from 'vitest';
import { engine, runOn } from '../session/live.js';

const ADDRESSES = {
  null: '0x0',
  'first page': '0x10',
  'last but one byte': '0xfffffffffffffffe',
  'end of user space': '0x00007fffffffffff',
  'hole between user and kernel': '0x0000800000000000',
  'not canonical': '0x8000000000000000',
  'start of kernel space': '0xffff800000000000',
  'unmapped kernel page': '0xffffc87fffffe000',
  'system call page': '0xffffffffff600000',
  'fixed mapping, end': '0xffffffffffe00000',
  misaligned: '0xffff888000000001',
  poison: '0xdead000000000100',
  'list poison': '0xdead000000000122',
  'process memory': '0x0000555555554000',
} as const;

/** D that reads through address A. */
const FORMS = {
  byte: 'trace(*(char *)A);',
  word: 'trace(*(uint64_t *)A);',
  'two steps': 'trace(**(uint64_t **)A);',
  'member of a record': 'trace(((struct task_struct *)A)->pid);',
  'members of members': 'trace(((struct task_struct *)A)->real_parent->mm->pgd);',
  'array element': 'trace(((int *)A)[3]);',
  'far array element': 'trace(((uint64_t *)A)[100000000]);',
  'bit field': 'trace(((struct iphdr *)A)->version);',
  string: 'trace(stringof((char *)A));',
  'record, whole': 'print(*(struct list_head *)A);',
  tracemem: 'tracemem((char *)A, 64);',
  copyin: 'trace(*(int *)copyin((uintptr_t)A, 4));',
  copyinstr: 'trace(copyinstr((uintptr_t)A));',
  'userland pointer': 'trace(*(userland int *)A);',
  strlen: 'trace(strlen((string)(char *)A));',
  path: 'trace(d_path((struct path *)A));',
  'inode path': 'trace(inode_path((struct inode *)A));',
  translator: 'trace(xlate <psinfo_t *> ((struct task_struct *)A)->pr_pid);',
  bcopy: 'this->to = (char *)alloca(16); bcopy((char *)A, this->to, 16); trace(this->to[0]);',
  mutex: 'trace(mutex_owned((struct mutex *)A));',
  comparison: 'trace(*(uint64_t *)A == 7 || *(int *)A > 3);',
  'aggregation key': '@[*(uint64_t *)A] = count();',
  'aggregated value': '@sums = sum(*(int *)A);',
} as const;

/** Which probe, what is wrong, and the address that was not to be read. */
const FAULT =
  /^dtrace: error in \w+ for probe ID 1 \(dtrace:::BEGIN\): [a-z ]+ \(0x[0-9a-f]+\) at BPF pc \d+$/;

describe.each(Object.entries(FORMS))('%s', (_, form) => {
  test('at every kind of address', async () => {
    const clauses = Object.values(ADDRESSES).map((address) => {
      const body = form.replaceAll(/\bA\b/g, `((void *)(${address}ull + zero))`);
      return `BEGIN { ${body} reached++; }`;
    });
    // An address that the compiler does not know while it compiles.
    const script = `uint64_t zero; int reached; int faults; int known;
      ${clauses.join('\n')}
      ERROR { faults++; known += arg4 > 0 && arg4 < 14; }
      BEGIN { printf("\\n=%d %d %d", reached, faults, known); exit(0); }`;
    const { text, complaints, status } = await runOn(engine, script);
    const [, reached, faults, known] = /=(\d+) (\d+) (\d+)/.exec(text)!.map(Number);
    expect(status).toBe(0);
    expect(reached! + faults!).toBe(clauses.length);
    expect(known).toBe(faults);
    // Nothing lies in any of these places: at least null is a fault for sure.
    expect(faults).toBeGreaterThan(0);
    expect(complaints).toHaveLength(faults!);
    for (const line of complaints) expect(line).toMatch(FAULT);
  });
});
