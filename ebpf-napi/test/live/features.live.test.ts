import { release } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  featureNames,
  featureReport,
  hasFeature,
  MissingFeatureError,
  requireFeature,
} from '../../src/index.js';

describe('features', () => {
  test('every one can be asked for', () => {
    const report = featureReport();
    expect(report.map(({ name }) => name)).toEqual(featureNames);
    for (const { available, reason } of report) expect(reason === undefined).toBe(available);
  });

  // What a kernel of this age must have whatever its configuration: the probes themselves are at fault if not.
  test('what the kernel must have is found', () => {
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const certain = [
      'raw_tp',
      'tp_btf',
      'ringbuf',
      'task_storage_tracing',
      'batch_ops',
      'atomics_fetch',
      'perf_link',
      'perf_cookie',
      'bpf_loop',
      'strncmp',
      'dynptr',
      'iter_num',
      'cpu_v4',
      'may_goto',
      'tp_cookie',
      'rdonly_cast',
    ];
    const missing = featureReport().filter(({ name, available, minimumKernel }) => {
      const [needMajor = 0, needMinor = 0] = minimumKernel.split('.').map(Number);
      const recent = major > needMajor || (major === needMajor && minor >= needMinor);
      return certain.includes(name) && recent && !available;
    });
    expect(missing).toEqual([]);
  });

  test('and no newer one is', () => {
    const [major = 0, minor = 0] = release().split('.').map(Number);
    const tooNew = featureReport().filter(({ available, minimumKernel }) => {
      const [needMajor = 0, needMinor = 0] = minimumKernel.split('.').map(Number);
      return available && (needMajor > major || (needMajor === major && needMinor > minor));
    });
    expect(tooNew).toEqual([]);
  });

  test('a missing one is named', () => {
    const { name } = featureReport().find(({ available }) => !available) ?? {};
    if (name !== undefined) expect(() => requireFeature(name)).toThrow(MissingFeatureError);
    expect(() => hasFeature('no_such_feature')).toThrow(RangeError);
  });
});
