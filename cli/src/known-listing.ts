/**
 * The text of a plain -l, kept between runs: it stays the same until the kernel, its modules, the caller's rights or
 * this command change. Reading it needs no engine.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { discover, KeptText, kernelState, LocalFiles } from '@dtrace/core/kept';
import { configurationFolder } from './configuration.js';
import type { Invocation } from './invocation.js';
import { mayTrace } from './process-status.js';

/** Undefined where the listing depends on more: what was asked for, or packages that come from outside. */
export function knownListing(
  { programs, verbose, options }: Invocation,
  addon: string | undefined,
): KeptText | undefined {
  if (addon === undefined || verbose || programs.length + options.length > 0 || !mayTrace()) return undefined;
  const folder = process.cwd();
  const configured = process.env.DTRACE_CONFIG ?? configurationFolder(folder) ?? discover(folder);
  if (configured !== undefined) return undefined;
  const command = join(dirname(addon), 'work.cjs');
  const { size, mtimeMs } = statSync(command);
  return new KeptText('listing', `${command} ${size} ${mtimeMs} ${kernelState(new LocalFiles())}`);
}
