/** -S: what the compiler made, as text. */
import type { ProgramImage, TraceImage } from '@dtrace/core';
import { formatInstruction } from 'ebpf-napi/asm';

export function disassembly(image: TraceImage): string {
  const maps = image.maps.map(
    ({ name, type, keySize, valueSize, maxEntries }) =>
      `  ${name}: ${type}, key ${keySize}, value ${valueSize}, ${maxEntries} entries\n`,
  );
  return [`\nMaps:\n`, ...maps, ...image.programs.map((program) => programText(program, image))].join('');
}

function programText(program: ProgramImage, image: TraceImage): string {
  const { name, type, sites, instructions } = program;
  const lines = [`\nProgram ${name} (${type}, ${sites.length} site${sites.length === 1 ? '' : 's'}):\n`];
  let shown: number | undefined;
  for (const [index, instruction] of instructions.entries()) {
    const { source, label } = instruction;
    const line = source === undefined || source === shown ? undefined : image.sources[source];
    if (line !== undefined)
      lines.push(`    ; ${line.name}:${line.line}:${line.column} ${line.text.trim()}\n`);
    if (source !== undefined) shown = source;
    if (label !== undefined) lines.push(`  ${label}:\n`);
    lines.push(`${String(index).padStart(6)}: ${formatInstruction(instruction)}\n`);
  }
  return lines.join('');
}
