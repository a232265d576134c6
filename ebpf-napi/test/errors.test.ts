import { describe, expect, test } from 'vitest';
import { BpfError, errnoName, MissingFeatureError } from '../src/index.js';

describe('errors', () => {
  test('names of errno', () => {
    expect([1, 22, 95, 524, 9999].map(errnoName)).toEqual([
      'EPERM',
      'EINVAL',
      'EOPNOTSUPP',
      'ENOTSUPP',
      'errno 9999',
    ]);
  });

  test('say what was asked, what happened and why', () => {
    const error = new BpfError({ syscall: 'perf_event_open', errno: 28, asked: 'open a breakpoint' });
    expect(error).toMatchObject({
      errno: 28,
      code: 'ENOSPC',
      syscall: 'perf_event_open',
      asked: 'open a breakpoint',
    });
    expect(error.message).toMatch(
      /^cannot open a breakpoint: perf_event_open: ENOSPC \(no space.*\): no room/,
    );
    expect(error.hint).toBeUndefined();
    const hinted = new BpfError({ syscall: 'x', errno: 2, asked: 'y', cause: 'because', hint: 'try z' });
    expect(hinted.message).toBe('cannot y: x: ENOENT (no such file or directory): because; try z');
  });

  test('a refusal names a capability or the policy', () => {
    const { cause_ } = new BpfError({ syscall: 'bpf(BPF_PROG_LOAD)', errno: 1, asked: 'load' });
    expect(cause_).toMatch(/CAP_BPF|CAP_PERFMON|policy/);
  });

  test('missing features name the kernel', () => {
    const { message } = new MissingFeatureError('uprobe_multi', '6.6', 'attaching gives EINVAL');
    expect(message).toBe(
      'this kernel lacks uprobe_multi (attaching gives EINVAL): it needs Linux 6.6 or newer',
    );
  });
});
