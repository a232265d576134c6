/** Memory: what a clause asks for, copies into and out of it, and the kernel's own objects. */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { Evaluation, evaluate } from './evaluate.js';
import { engine } from './run-program.js';

const badSize = { fault: 10 };
const badAddress = { fault: 1 };
const noScratch = { fault: 5 };

describe('alloca', () => {
  it('gives cleared memory that stays until the clause ends', async () => {
    const before = 'this->p = (int *)alloca(16); this->p[1] = 7; x = this->p[0];';
    expect(await evaluate('this->p[1] * 10 + this->p[0]', { declare: 'int x;', before })).toBe(70);
    expect(await evaluate('p[3] + p[1]', { before: 'p = (int *)alloca(16); p[3] = 4; p[1] = 38;' })).toBe(42);
  });

  it('takes sizes known only when it runs, up to scratchsize', async () => {
    const e = await Evaluation.open('p[n - 1]', {
      declare: 'int64_t n;',
      before: 'p = (char *)alloca(n); p[n - 1] = 5;',
      options: [['scratchsize', '64']],
    });
    expect(e.run(1n)).toBe(5);
    expect(e.run(64n)).toBe(5);
    expect(e.run(65n)).toMatchObject(noScratch);
    expect(e.run(-1n)).toMatchObject(noScratch);
    await e.close();
  });

  it('faults where a pointer leads out of what the clause asked for', async () => {
    const e = await Evaluation.open('p[i]', {
      declare: 'int64_t i;',
      before: 'p = (char *)alloca(8); q = (int *)alloca(10); p[i] = 1;',
    });
    expect(e.run(0n)).toBe(1);
    expect(e.run(23n)).toBe(1);
    expect(e.run(24n)).toMatchObject(badAddress);
    expect(e.run(-1n)).toMatchObject(badAddress);
    await e.close();
    expect(await evaluate('q[-1]', { before: 'q = (int *)alloca(10);' })).toMatchObject(badAddress);
  });

  it('holds strings', async () => {
    const before = 'p = (string *)alloca(sizeof(string) + 1); *p = "abc";';
    const options = [['scratchsize', '512']] as const;
    expect(await evaluate('strjoin(*p, *p == "abc" ? "d" : "")', { before, options })).toBe('abcd');
    expect(await evaluate('1', { before: 'p = (string *)alloca(8); *p = "abc";' })).toMatchObject(badAddress);
  });

  it('is shown by where it is in the memory of the clause', async () => {
    expect(await evaluate('p', { before: 'this->q = alloca(16); p = alloca(8);' })).toBe(24);
  });

  it('gives the same for nothing', async () => {
    expect(await evaluate('alloca(0) == alloca(0)')).toBe(1);
  });
});

describe('bcopy', () => {
  const declare = 'int64_t n;';
  const before = 'p = alloca(16); q = alloca(16); *(uint64_t *)p = 0x1122334455667788; bcopy(p, q, n);';
  it('copies as much as it is told', async () => {
    const e = await Evaluation.open('*(uint64_t *)q', { declare, before });
    expect(e.run(8n)).toBe(0x1122334455667788n);
    expect(e.run(2n)).toBe(0x7788);
    expect(e.run(0n)).toBe(0);
    expect(e.run(-1n)).toMatchObject(badSize);
    expect(e.run(17n)).toMatchObject(badSize);
    await e.close();
  });

  it('reads and writes only what the clause asked for', async () => {
    const copy = (text: string) => evaluate('1', { before: `p = alloca(8); q = alloca(16); ${text}` });
    expect(await copy('bcopy(q, p, 16);')).toBe(1);
    expect(await copy('bcopy(q, p, 17);')).toMatchObject(badSize);
    expect(await copy('bcopy("a", (char *)p - 1, 2);')).toMatchObject(badAddress);
    expect(await copy('bcopy("a", (char *)q + 16, 1);')).toMatchObject(badAddress);
  });

  it('copies strings, and nothing from nowhere', async () => {
    expect(await evaluate('stringof((char *)p)', { before: 'p = alloca(10); bcopy("hello", p, 6);' })).toBe(
      'hello',
    );
    expect(await evaluate('1', { before: 'p = alloca(10); bcopy((void *)0, p, 4);' })).toMatchObject(
      badAddress,
    );
  });
});

describe('byte order and devices', () => {
  it('swaps', async () => {
    const e = await Evaluation.open(
      ['htons(n)', 'htonl(n)', 'htonll(n)', 'ntohs(n)', 'ntohl(n)', 'ntohll(n)'],
      { declare: 'int64_t n;' },
    );
    expect(e.all(0x0102030405060708n)).toEqual([
      0x0807,
      0x08070605,
      0x0807060504030201n,
      0x0807,
      0x08070605,
      0x0807060504030201n,
    ]);
    await e.close();
  });

  it('takes device numbers apart', async () => {
    expect(await evaluate('getmajor(0xabcdef0123456789)')).toBe(0x234);
    expect(await evaluate('getminor(0xabcdef0123456789)')).toBe(0x56789);
  });
});

describe('processes and locks', () => {
  it('knows its ancestors', async () => {
    const e = await Evaluation.open('progenyof(n)', { declare: 'int64_t n;' });
    expect(e.run(BigInt(process.pid))).toBe(1);
    expect(e.run(BigInt(process.ppid))).toBe(1);
    expect(e.run(999_999n)).toBe(0);
    await e.close();
  });

  it('gives random numbers', async () => {
    const e = await Evaluation.open('rand()');
    expect(new Set(Array.from({ length: 20 }, () => e.run())).size).toBeGreaterThan(10);
    await e.close();
  });

  it('reads locks', async () => {
    const before =
      'p = (struct mutex *)alloca(sizeof (struct mutex)); p->owner.counter = (int64_t)curthread | 3;';
    const values = [
      'mutex_owned(p)',
      'mutex_owner(p) == curthread',
      'mutex_type_adaptive(p)',
      'mutex_type_spin(p)',
    ];
    const e = await Evaluation.open(values, { before });
    expect(e.all()).toEqual([1, 1, 1, 0]);
    await e.close();
    const lock = 'p = (uint32_t *)alloca(16); p[0] = n;';
    const rw = await Evaluation.open(
      ['rw_read_held((rwlock_t *)p)', 'rw_write_held((rwlock_t *)p)', 'rw_iswriter((rwlock_t *)p)'],
      { declare: 'int64_t n;', before: lock },
    );
    expect(rw.all(0n)).toEqual([0, 0, 0]);
    expect(rw.all(0x400n)).toEqual([1, 0, 0]);
    expect(rw.all(0xffn)).toEqual([0, 1, 1]);
    await rw.close();
  });
});

describe('the process of the probe', () => {
  it('is read and written', async () => {
    const memory = Buffer.alloc(65_536);
    const { addressOf } = await import('./user-memory.js');
    const at = addressOf(memory);
    memory.write('some text\0');
    expect(await evaluate(`copyinstr(${at})`)).toBe('some text');
    expect(await evaluate(`stringof((char *)copyin(${at}, 5))`, {})).toBe('some ');
    expect(await evaluate('((char *)p)[5]', { before: `p = alloca(16); copyinto(${at}, 9, p);` })).toBe(
      't'.charCodeAt(0),
    );
    if (!engine.host.has('probe_write_user')) {
      await expect(evaluate('1', { before: `copyout("TEXT", ${at}, 3);` })).rejects.toThrow(
        'cannot work on this kernel',
      );
      return;
    }
    expect(await evaluate('1', { before: `copyout("TEXT", ${at}, 3);` })).toBe(1);
    expect(memory.toString('latin1', 0, 9)).toBe('TEXe text');
    expect(await evaluate('1', { before: `copyoutstr("another", ${at}, 64);` })).toBe(1);
    expect(memory.toString('latin1', 0, 8)).toBe('another\0');
    expect(await evaluate('1', { before: 'copyout("TEXT", 8, 3);' })).toMatchObject(badAddress);
  });
});
