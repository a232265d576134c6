/** What scripts compile to, without the instructions: maps, programs, records, aggregations. */
import { readdirSync, readFileSync } from 'node:fs';
import { assemble } from 'ebpf-napi/asm';
import { describe, expect, it } from 'vitest';
import type { TraceImage } from '../../src/compiler/image.js';
import { compileText } from './compile-text.js';

const folder = new URL('golden/', import.meta.url);
const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));

function summary(image: TraceImage): string {
  return [
    ...image.maps.map(({ contents, ...map }) => `map ${text({ ...map, contents: contents?.length })}`),
    ...image.programs.map(({ name, kind, type, sites }) => `program ${text({ name, kind, type, sites })}`),
    ...image.records.map((record) => `record ${text(record)}`),
    ...image.aggregations.map((aggregation) => `aggregation ${text(aggregation)}`),
    '',
  ].join('\n');
}

describe('images', () => {
  it.each(readdirSync(folder))('%s', async (name) => {
    const script = readFileSync(new URL(`${name}/script.d`, folder), 'utf8');
    const [image, again] = [compileText(script), compileText(script)];
    await expect(summary(image)).toMatchFileSnapshot(new URL(`${name}/expected.txt`, folder).pathname);
    const bytes = ({ programs }: TraceImage) =>
      programs.map(({ instructions }) => [...assemble(instructions).code]);
    expect(bytes(again)).toEqual(bytes(image));
  });
});
