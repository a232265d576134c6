import { describe, expect, test } from 'vitest';
import { readContainer, writeContainer } from '../../src/images/format/container.js';
import { crc32 } from '../../src/images/format/crc.js';
import { readImage, writeImage } from '../../src/images/format/image-format.js';
import { fitImage } from '../../src/images/open-image.js';
import { ImageError } from '../../src/index.js';
import { FIRST, machine } from './kernels.js';

const engine = machine(FIRST);
const SCRIPT = `BEGIN { trace(curthread->tgid); print(*curthread->memory); printf("%s", execname); exit(0); }
END { @[execname] = quantize(cpu); }`;
const bytes = engine.makeImage(SCRIPT, { options: [['nolibs', undefined]] });

/** Whatever it is, it is read or refused with one line. */
function attempt(image: Uint8Array): 'read' | 'refused' {
  try {
    fitImage(readImage(image), engine.host);
    return 'read';
  } catch (error) {
    if (!(error instanceof ImageError) || error.message.includes('\n')) throw error;
    return 'refused';
  }
}

/** The same each time. */
function* chance(seed: number): Generator<number, number> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield state >>> 8;
  }
}

test('the checksum is that of zip', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('a file and back', () => {
  const file = readImage(bytes);
  expect(readImage(writeImage(file))).toEqual(file);
  expect(attempt(bytes)).toBe('read');
});

test('the same program is the same file', () => {
  const again = machine(FIRST).makeImage(SCRIPT, { options: [['nolibs', undefined]] });
  expect(Buffer.from(again).equals(bytes)).toBe(true);
});

describe('files that are no images', () => {
  test.each([
    ['empty', Buffer.alloc(0), 'it is no image of a D program'],
    ['a script', Buffer.from('#!/usr/sbin/dtrace -s\nBEGIN {}'), 'it is no image of a D program'],
    ['the mark alone', Buffer.from(bytes.subarray(0, 8)), 'the image is damaged: it ends in its header'],
  ])('%s', (_, file, message) => {
    expect(() => readImage(file)).toThrow(new ImageError(message));
  });

  test('of another version', () => {
    const other = Buffer.from(bytes);
    other.writeUInt32LE(99, 8);
    expect(() => readImage(other)).toThrow(/has format 99, and this dtrace reads format 1/);
  });

  test('cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length += 7)
      expect(attempt(bytes.subarray(0, length))).toBe('refused');
  });

  test('with any byte another', () => {
    for (let at = 0; at < bytes.length; at += 11) {
      const other = Buffer.from(bytes);
      other[at]! ^= 0x55;
      expect(attempt(other)).toBe('refused');
    }
  });
});

describe('sections with right checksums and wrong contents', () => {
  const sections = readContainer(bytes);
  const names = [...sections.keys()];
  const withSection = (name: string, contents: Uint8Array) =>
    writeContainer(new Map([...sections, [name, contents]]));

  test.each(names)('%s missing, empty, or another', (name) => {
    const rest = new Map(sections);
    rest.delete(name);
    expect(attempt(writeContainer(rest))).toBe('refused');
    expect(attempt(withSection(name, Buffer.alloc(0)))).toBe('refused');
    for (const text of ['null', '[]', '{}', '{"$n":"x"}', '{"$map":[1]}', '1e999'])
      expect(attempt(withSection(name, Buffer.from(text)))).toBe('refused');
  });

  test('mutated texts', () => {
    const random = chance(42);
    const draw = (below: number) => random.next().value % below;
    const parts = [
      '0',
      '-1',
      '"x"',
      'null',
      '[]',
      '{}',
      '9999999999',
      '{"$n":"-5"}',
      '{"$bytes":"AA"}',
      'true',
    ];
    const texts = names.filter((name) => name !== 'CODE');
    for (let turn = 0; turn < 3000; turn++) {
      const name = texts[draw(texts.length)]!;
      const text = Buffer.from(sections.get(name)!).toString();
      // A value, or a stretch of anything.
      const values = [...text.matchAll(/(?<=[:,[])(?:-?\d+|"[^"]*"|true|false|null)/g)];
      const value = values[draw(values.length)]!;
      const at = draw(3) > 0 ? value.index : draw(text.length);
      const end = draw(3) > 0 ? at + value[0].length : at + draw(40);
      const mutated = text.slice(0, at) + parts[draw(parts.length)]! + text.slice(end);
      attempt(withSection(name, Buffer.from(mutated)));
    }
  });

  test('mutated code', () => {
    const random = chance(7);
    for (let turn = 0; turn < 200; turn++) {
      const code = Buffer.from(sections.get('CODE')!);
      code[random.next().value % code.length] = random.next().value & 0xff;
      attempt(withSection('CODE', code));
    }
  });
});
