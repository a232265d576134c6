import type { SiteAttacher } from '../site-attacher.js';
import { breakpointAttacher } from './breakpoint.js';
import { fentryAttacher } from './fentry.js';
import { instructionKprobeAttacher } from './instruction-kprobe.js';
import { kprobeAttacher } from './kprobe.js';
import { kprobeMultiAttacher } from './kprobe-multi.js';
import { counterAttacher, timerAttacher } from './perf-events.js';
import { rawTracepointAttacher } from './raw-tracepoint.js';
import { selfAttacher } from './self.js';
import { uprobeAttacher } from './uprobe.js';

/** The kinds every engine has; packages add theirs through the container. */
export const builtInAttachers: readonly SiteAttacher[] = [
  selfAttacher,
  rawTracepointAttacher,
  timerAttacher,
  uprobeAttacher,
  counterAttacher,
  fentryAttacher,
  kprobeAttacher,
  kprobeMultiAttacher,
  instructionKprobeAttacher,
  breakpointAttacher,
];
