/** The two parts of an image that are relocated each for itself. */
import type { Instruction } from 'ebpf-napi/asm';
import type { ProgramImage, TraceImage } from '../compiler/image.js';

export type ImageData = Omit<TraceImage, 'programs'> & {
  readonly programs: readonly Omit<ProgramImage, 'instructions'>[];
};

type ProgramData = ImageData['programs'][number];

const isData = ([name]: readonly [string, unknown]): boolean => name !== 'instructions';

export function dataOf(image: TraceImage): ImageData {
  const programs = image.programs.map(
    (program) => Object.fromEntries(Object.entries(program).filter(isData)) as unknown as ProgramData,
  );
  return { ...image, programs };
}

export function joined(data: ImageData, code: readonly (readonly Instruction[])[]): TraceImage {
  return {
    ...data,
    programs: data.programs.map((program, i) => ({ ...program, instructions: code[i] ?? [] })),
  };
}
