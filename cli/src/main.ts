/** The dtrace command. What a run does not need is not loaded: this file and the options are. */
import { parseArguments } from './arguments.js';
import { UsageError } from './getopt.js';
import type { Invocation } from './invocation.js';
import { mayTrace, nameThreads } from './process-status.js';
import { CommandError, complain, EXIT } from './report.js';
import { reasonOf } from './system-error.js';
import { Writer } from './writer.js';

async function perform(invocation: Invocation, addon: string | undefined): Promise<number> {
  const openWriter = () => Writer.to(invocation.outputFile);
  if (invocation.mode === 'version') {
    const { versionText } = await import('./version.js');
    openWriter().write(versionText(invocation.verbose));
    return EXIT.success;
  }
  if (invocation.mode === 'help') {
    openWriter().write((await import('./usage.js')).usage());
    return EXIT.success;
  }
  if (invocation.mode === 'man') {
    openWriter().write((await import('./man.js')).manPage());
    return EXIT.success;
  }
  if (invocation.mode === 'completion') {
    openWriter().write((await import('./completion.js')).completionScript(invocation.shell));
    return EXIT.success;
  }
  const { checkOptions, openEngine, refuseWithoutRights } = await import('./engine.js');
  if (invocation.mode !== 'check') refuseWithoutRights(mayTrace());
  checkOptions(invocation.options);
  const engine = await openEngine(invocation, addon);
  if (invocation.mode === 'check') {
    const { check } = await import('./check.js');
    return check(engine, invocation, openWriter);
  }
  if (invocation.mode === 'list') {
    const { list } = await import('./list.js');
    return list(engine, invocation, openWriter);
  }
  const { trace } = await import('./trace.js');
  return trace(engine, invocation, openWriter);
}

/** One line, whatever went wrong; DTRACE_DEBUG adds where. */
async function explain(error: unknown): Promise<number> {
  if (process.env.DTRACE_DEBUG) console.error(error);
  if (error instanceof UsageError) {
    if (error.message !== '') complain(error.message);
    process.stderr.write((await import('./usage.js')).usage());
    return EXIT.usage;
  }
  const message = messageOf(error);
  if (message !== '') complain(message);
  return error instanceof CommandError ? error.status : EXIT.error;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (path !== undefined && syscall !== undefined) return `failed to ${syscall} ${path}: ${reasonOf(error)}`;
  return error.message.split('\n', 1)[0]!;
}

/** `addon`: the native addon's file, for a bundle, which has no package folders to find it in. */
export async function main(args: readonly string[], addon?: string): Promise<void> {
  nameThreads('dtrace');
  let status: number;
  try {
    status = await perform(parseArguments(args, process.env), addon);
  } catch (error) {
    status = await explain(error);
  }
  process.exit(status);
}
