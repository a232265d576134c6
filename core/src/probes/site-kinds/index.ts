import type { SiteDescriber } from '../site-layout.js';
import { fentryDescriber } from './fentry.js';
import { functionDescriber } from './function.js';
import { breakpointDescriber, instructionDescriber, instructionKprobeDescriber } from './instruction.js';
import { counterDescriber, timerDescriber } from './interrupting.js';
import { kprobeDescriber, kprobeMultiDescriber } from './kprobe.js';
import { rawTracepointDescriber } from './raw-tracepoint.js';
import { selfDescriber } from './self.js';
import { uprobeDescriber } from './uprobe.js';

export { functionMeans, NO_MEANS } from './function.js';
export { NO_KPROBES } from './instruction.js';
export { hasTracepoint } from './raw-tracepoint.js';

/** The kinds every engine has; packages add theirs through the container. */
export const builtInDescribers: readonly SiteDescriber[] = [
  selfDescriber,
  rawTracepointDescriber,
  timerDescriber,
  uprobeDescriber,
  counterDescriber,
  functionDescriber,
  fentryDescriber,
  kprobeDescriber,
  kprobeMultiDescriber,
  instructionDescriber,
  instructionKprobeDescriber,
  breakpointDescriber,
];
