/** What needs the engine. A part of the bundled command of its own: the rest starts without it. */
import { chooseBroker } from './choose-broker.js';
import { checkOptions, openEngine } from './engine.js';
import { explained } from './explained.js';
import type { Invocation } from './invocation.js';
import { mayTrace } from './process-status.js';
import { CommandError } from './report.js';
import { Writer } from './writer.js';

const NO_32BIT = '32-bit D programs cannot be generated: eBPF programs and kernel data are 64-bit';

async function perform(invocation: Invocation, addon: string | undefined): Promise<number> {
  const openWriter = () => Writer.to(invocation.outputFile);
  if (invocation.mode === 'trace' || invocation.mode === 'list') {
    if (invocation.dataModel === 32) throw new CommandError(`-32: ${NO_32BIT}`);
  }
  checkOptions(invocation.options);
  if (invocation.mode === 'trace' || invocation.mode === 'list') {
    const broker = chooseBroker(invocation, mayTrace());
    if (broker !== undefined) {
      const { traceByBroker } = await import('./by-broker.js');
      return traceByBroker(invocation, broker, openWriter, addon);
    }
  }
  const engine = await openEngine(invocation, addon);
  if (invocation.mode === 'check') {
    const { check } = await import('./check.js');
    return check(engine, invocation, openWriter);
  }
  if (invocation.mode === 'header' || invocation.mode === 'object') {
    const { writeHeader, writeObjects } = await import('./author.js');
    return (invocation.mode === 'header' ? writeHeader : writeObjects)(engine, invocation);
  }
  if (invocation.mode === 'list') {
    const { list } = await import('./list.js');
    return list(engine, invocation, openWriter, addon);
  }
  if (invocation.mode === 'compile') {
    const { compileImage } = await import('./compile.js');
    return compileImage(engine, invocation);
  }
  const { trace } = await import('./trace.js');
  return trace(engine, invocation, openWriter);
}

/** `addon`: the native addon's file, for a bundle, which has no package folders to find it in. */
export function work(invocation: Invocation, addon: string | undefined): Promise<number> {
  return explained(() => perform(invocation, addon));
}
