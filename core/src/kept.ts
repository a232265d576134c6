/** What can be known without an engine: for commands that answer from what an earlier run found out. */
export { KeptText, kernelState } from './host/kept-text.js';
export { LocalFiles } from './host/local-files.js';
export { discover } from './plugins/discover.js';
