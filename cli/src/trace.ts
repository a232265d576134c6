/** The main job: compile, attach, print until it is over. */
import type { DTrace, SessionOptions } from '@dtrace/core';
import { debugTeller } from './debug.js';
import { type Compiled, compilePrograms } from './engine.js';
import type { Invocation } from './invocation.js';
import { reportPrograms } from './program-report.js';
import { CommandError, EXIT } from './report.js';
import { openTargets } from './targets.js';
import { runSession } from './tracing.js';
import type { Writer } from './writer.js';

export async function trace(
  engine: DTrace,
  invocation: Invocation,
  openWriter: () => Writer,
): Promise<number> {
  const target = openTargets((spec) => engine.openTarget(spec), invocation);
  let handedOver = false;
  try {
    const compiled = compilePrograms(engine, invocation, { target });
    const debug = debugTeller(compiled.program);
    debug('compiled');
    if (invocation.disassemble || compiled.program.options.verbose) await printDisassembly(compiled);
    const writer = openWriter();
    const total = reportPrograms(compiled, invocation, (text) => writer.write(text));
    if (invocation.compileOnly) return EXIT.success;
    checkTotal(total, compiled.program.options.zeroMatches, compiled.sources);
    handedOver = true;
    const { program } = compiled;
    const runnable = {
      program,
      formats: engine.formats,
      session: (options: SessionOptions) => engine.session(program, options),
    };
    return await runSession(runnable, target, writer, { ...invocation, debug });
  } finally {
    // Once a session has it, the session sees to it.
    if (!handedOver) target?.close();
  }
}

async function printDisassembly({ program }: Compiled): Promise<void> {
  const { disassembly } = await import('./disassemble.js');
  process.stderr.write(disassembly(program.image));
}

export function checkTotal(total: number, zeroMatches: boolean, sources: readonly unknown[]): void {
  if (total > 0 || zeroMatches) return;
  throw new CommandError(`no probes ${sources.length > 0 ? 'matched' : 'specified'}`);
}
