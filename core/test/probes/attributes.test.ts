import { describe, expect, it } from 'vitest';
import {
  attributes,
  descriptionAttributes,
  isAtLeast,
  parseAttributes,
  probeAttributes,
  UNSTABLE,
  weakest,
} from '../../src/probes/attributes.js';

describe('attributes', () => {
  const strong = attributes('Stable', 'Evolving', 'ISA');
  const weak = attributes('Unstable', 'Stable', 'Common');

  it('of a chain are those of its weakest part', () => {
    expect(weakest(strong, weak)).toEqual(attributes('Unstable', 'Evolving', 'ISA'));
  });

  it('do not count names that a probe has not', () => {
    const probe = { provider: 'p', module: '', function: '', name: 'n' };
    expect(probeAttributes(probe, UNSTABLE).class).toBe('Common');
    expect(probeAttributes({ ...probe, module: 'm' }, UNSTABLE).class).toBe('Unknown');
  });

  it('of a description without one certain provider are unstable', () => {
    const stable = [attributes('Stable', 'Stable', 'Common')];
    expect(descriptionAttributes('dtrace', stable)).toEqual(stable[0]);
    expect(descriptionAttributes('', stable).name).toBe('Unstable');
    expect(descriptionAttributes('dt*', stable).name).toBe('Unstable');
  });

  it('compare part by part', () => {
    expect(isAtLeast(strong, attributes('Evolving', 'Evolving', 'Unknown'))).toBe(true);
    expect(isAtLeast(strong, attributes('Evolving', 'Stable', 'Unknown'))).toBe(false);
  });

  it('are read as they are written', () => {
    expect(parseAttributes('evolving/STABLE/isa')).toEqual(attributes('Evolving', 'Stable', 'ISA'));
    expect(parseAttributes('evolving/stable')).toBeUndefined();
    expect(parseAttributes('evolving/stable/common/more')).toBeUndefined();
  });
});
