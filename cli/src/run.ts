/** --run: an image and a session. A part of the bundled command of its own, without language and compiler. */
import { readFileSync } from 'node:fs';
import { type Image, ImageError, openImage, openTarget, quantityText } from '@dtrace/core/image';
import { setAddonPath } from 'ebpf-napi';
import { debugTeller } from './debug.js';
import { explained } from './explained.js';
import type { Invocation } from './invocation.js';
import { mayTrace } from './process-status.js';
import { CommandError, complain, EXIT } from './report.js';
import { refuseWithoutRights } from './rights.js';
import { reasonOf } from './system-error.js';
import { openTargets } from './targets.js';
import { reportLeftOut, runSession } from './tracing.js';
import { Writer } from './writer.js';

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CommandError(`failed to open ${path}: ${reasonOf(error)}`);
  }
}

/** Options of an image are read where it was made; the rest is as with a script. */
function open(invocation: Invocation, target: number | undefined): Image {
  const { image: path, options } = invocation;
  try {
    return openImage(readBytes(path), {
      options: options.map(({ name, value }) => [name, value]),
      ...(target !== undefined && { target }),
    });
  } catch (error) {
    if (error instanceof ImageError) throw new CommandError(`failed to run ${path}: ${error.message}`);
    throw error;
  }
}

function report({ program, source, clauses, leftOut, moved }: Image, { verbose }: Invocation): void {
  const count = clauses.reduce((sum, { probes }) => sum + probes.length, 0) - leftOut.length;
  if (!program.options.consumer.quiet)
    complain(`image of '${source}' has ${count} probe${count === 1 ? '' : 's'}`);
  reportLeftOut(leftOut, verbose);
  if (!verbose) return;
  for (const { quantity, was, is } of moved)
    if (quantity.kind !== 'macro') complain(`${quantityText(quantity)}: ${was} is ${is} here`);
}

async function perform(invocation: Invocation): Promise<number> {
  const { programs, operands } = invocation;
  if (programs.length + operands.length > 0)
    throw new CommandError('--run takes neither programs nor their arguments: an image has both', EXIT.usage);
  if (!mayTrace()) refuseWithoutRights();
  const target = openTargets(openTarget, invocation);
  let handedOver = false;
  try {
    const image = open(invocation, target?.pid);
    const debug = debugTeller(image.program);
    debug('compiled');
    report(image, invocation);
    const { evaluationTime } = image.program.options;
    if (image.asksForTarget && evaluationTime !== 'exec') target?.prepare(evaluationTime);
    const writer = Writer.to(invocation.outputFile);
    handedOver = true;
    return await runSession(image, target, writer, { ...invocation, debug });
  } finally {
    if (!handedOver) target?.close();
  }
}

/** `addon`: the native addon's file, for a bundle, which has no package folders to find it in. */
export function run(invocation: Invocation, addon: string | undefined): Promise<number> {
  if (addon !== undefined) setAddonPath(addon);
  return explained(() => perform(invocation));
}
