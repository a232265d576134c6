/** An image as a file, and back. */
import type { ProgramImage } from '../../compiler/image.js';
import { ImageError } from '../image-error.js';
import type { ImageFile } from '../image-file.js';
import type { Relocations } from '../relocation.js';
import { type Extras, extrasOf, packCode, unpackCode } from './code.js';
import { readContainer, type Sections, writeContainer } from './container.js';
import { headShape, imageShape, relocationsShape } from './image-shape.js';
import { readPlain, writePlain } from './plain-json.js';
import type { Shape } from './shape.js';

const SECTION = { head: 'HEAD', image: 'DATA', code: 'CODE', relocations: 'RELO' } as const;

type StoredProgram = Omit<ProgramImage, 'instructions'> & { readonly code: Extras };
type StoredImage = Omit<ImageFile['image'], 'programs'> & { readonly programs: readonly StoredProgram[] };
type Head = Omit<ImageFile, 'image' | 'relocations' | 'settings'> & {
  readonly settings: readonly (readonly [string, string | null])[];
};

export function writeImage({ image, relocations, settings, ...head }: ImageFile): Buffer {
  const programs = image.programs.map(
    ({ instructions, ...program }): StoredProgram => ({ ...program, code: extrasOf(instructions) }),
  );
  const stored: Head = { ...head, settings: settings.map(([name, value]) => [name, value ?? null]) };
  return writeContainer(
    new Map([
      [SECTION.head, writePlain(stored)],
      [SECTION.image, writePlain({ ...image, programs })],
      [SECTION.code, packCode(image.programs.flatMap(({ instructions }) => instructions))],
      [SECTION.relocations, writePlain(relocations)],
    ]),
  );
}

function sectionOf(sections: Sections, name: string): Uint8Array {
  const found = sections.get(name);
  if (found === undefined) throw new ImageError(`the image is damaged: section ${name} is missing`);
  return found;
}

function read<T>(sections: Sections, name: string, shape: Shape): T {
  const value = readPlain(sectionOf(sections, name), name);
  const problem = shape(value);
  if (problem !== undefined)
    throw new ImageError(
      `the image is damaged: ${problem === '' ? 'all' : problem} of section ${name} is wrong`,
    );
  return value as T;
}

/** Throws an `ImageError` for what is no image, or one that was damaged. */
export function readImage(bytes: Uint8Array): ImageFile {
  const sections = readContainer(bytes);
  const { settings, ...head } = read<Head>(sections, SECTION.head, headShape);
  const stored = read<StoredImage>(sections, SECTION.image, imageShape);
  const relocations = read<Relocations>(sections, SECTION.relocations, relocationsShape);
  const code = sectionOf(sections, SECTION.code);
  if (relocations.code.length !== stored.programs.length)
    throw new ImageError('the image is damaged: programs and relocations do not go together');
  let start = 0;
  const programs = stored.programs.map(({ code: extras, ...program }): ProgramImage => {
    const instructions = unpackCode(code, start, extras);
    start += extras.count;
    return { ...program, instructions };
  });
  return {
    ...head,
    settings: settings.map(([name, value]) => [name, value ?? undefined]),
    image: { ...stored, programs },
    relocations,
  };
}
