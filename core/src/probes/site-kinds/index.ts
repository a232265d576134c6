import type { SiteDescriber } from '../site-layout.js';
import { counterDescriber, timerDescriber } from './interrupting.js';
import { rawTracepointDescriber } from './raw-tracepoint.js';
import { selfDescriber } from './self.js';
import { uprobeDescriber } from './uprobe.js';

export { hasTracepoint } from './raw-tracepoint.js';

/** The kinds every engine has; packages add theirs through the container. */
export const builtInDescribers: readonly SiteDescriber[] = [
  selfDescriber,
  rawTracepointDescriber,
  timerDescriber,
  uprobeDescriber,
  counterDescriber,
];
