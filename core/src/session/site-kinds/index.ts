import type { SiteAttacher } from '../site-attacher.js';
import { rawTracepointAttacher } from './raw-tracepoint.js';
import { selfAttacher } from './self.js';
import { timerAttacher } from './timer.js';
import { uprobeAttacher } from './uprobe.js';

/** The kinds every engine has; packages add theirs through the container. */
export const builtInAttachers: readonly SiteAttacher[] = [
  selfAttacher,
  rawTracepointAttacher,
  timerAttacher,
  uprobeAttacher,
];
