/** The dtrace command. What a run does not need is not loaded: this file and the options are. */
import { parseArguments } from './arguments.js';
import { explained } from './explained.js';
import type { Invocation } from './invocation.js';
import { knownListing } from './known-listing.js';
import { nameThreads } from './process-status.js';
import { EXIT } from './report.js';
import { Writer } from './writer.js';

/** The text that is all there is to say; undefined where there is more to do. */
async function textOf(invocation: Invocation, addon: string | undefined): Promise<string | undefined> {
  switch (invocation.mode) {
    case 'version':
      return (await import('./version.js')).versionText(invocation.verbose);
    case 'help':
      return (await import('./usage.js')).usage();
    case 'man':
      return (await import('./man.js')).manPage();
    case 'completion':
      return (await import('./completion.js')).completionScript(invocation.shell);
    case 'list':
      return knownListing(invocation, addon)?.read();
    default:
      return undefined;
  }
}

async function perform(invocation: Invocation, addon: string | undefined): Promise<number> {
  const text = await textOf(invocation, addon);
  if (text === undefined && invocation.mode === 'run')
    return (await import('./run.js')).run(invocation, addon);
  if (text === undefined) return (await import('./work.js')).work(invocation, addon);
  Writer.to(invocation.outputFile).write(text);
  return EXIT.success;
}

/** `addon`: the native addon's file, for a bundle, which has no package folders to find it in. */
export async function main(args: readonly string[], addon?: string): Promise<void> {
  nameThreads('dtrace');
  process.exit(await explained(() => perform(parseArguments(args, process.env), addon)));
}
