/** --compile: from scripts to the file of an image. */
import { writeFileSync } from 'node:fs';
import { type DTrace, ImageError } from '@dtrace/core';
import { compileRequest, reporting } from './engine.js';
import type { Invocation, ProgramArgument } from './invocation.js';
import { CommandError, complain, EXIT } from './report.js';
import { programSource } from './sources.js';

const EXTENSION = '.dti';

/** `dtrace --compile script.d` is as good as `dtrace --compile -s script.d`. */
function withScript(invocation: Invocation): Invocation {
  const [path, ...operands] = invocation.operands;
  if (invocation.programs.length > 0 || path === undefined) return invocation;
  return { ...invocation, operands, programs: [{ kind: 'script', path }] };
}

function outputPath({ outputFile, programs }: Invocation): string {
  if (outputFile !== undefined) return outputFile;
  const script = programs.find(
    (program): program is ProgramArgument & { kind: 'script' } => program.kind === 'script',
  );
  if (script === undefined)
    throw new CommandError('--compile needs -o to say where the image goes', EXIT.usage);
  return `${script.path.replace(/\.d$/, '')}${EXTENSION}`;
}

export function compileImage(engine: DTrace, given: Invocation): number {
  const invocation = withScript(given);
  if (invocation.programs.length === 0)
    throw new CommandError('--compile needs a script, or programs by -n and the like', EXIT.usage);
  if (invocation.commands.length + invocation.pids.length > 0)
    throw new CommandError('-c and -p are for --run: an image is for any process', EXIT.usage);
  const path = outputPath(invocation);
  const sources = invocation.programs.map(programSource);
  const image = reporting(engine, invocation, sources, () => {
    try {
      return engine.makeImage(
        sources.map(({ source }) => source),
        compileRequest(invocation, sources),
      );
    } catch (error) {
      if (error instanceof ImageError) throw new CommandError(`no image can be made: ${error.message}`);
      throw error;
    }
  });
  writeFileSync(path, image);
  complain(`wrote ${path} (${Math.ceil(image.length / 1024)} kB)`);
  return EXIT.success;
}
