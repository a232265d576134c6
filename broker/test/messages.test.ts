import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError, FrameReader, frame } from '../src/frames.js';
import { parseRequest } from '../src/requests.js';
import { ShapeError } from '../src/shapes.js';

const request = {
  type: 'start',
  version: 1,
  sources: [{ name: 'a', text: 'BEGIN' }],
  libraries: [],
  options: [['quiet'], ['bufsize', '4k']],
  arguments: ['dtrace'],
  events: false,
  compileOnly: false,
};
const parse = (value: unknown) => parseRequest(Buffer.from(JSON.stringify(value)));

describe('frames', () => {
  it('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 50 })),
        fc.integer({ min: 1, max: 40 }),
        (bodies, size) => {
          const stream = Buffer.concat(bodies.map((body) => frame(body)));
          const reader = new FrameReader(100);
          const seen: Buffer[] = [];
          for (let at = 0; at < stream.length; at += size)
            seen.push(...reader.read(stream.subarray(at, at + size)));
          expect(seen.map((body) => [...body])).toEqual(bodies.map((body) => [...body]));
        },
      ),
    );
  });

  it('that are too long are refused before they are there', () => {
    expect(() => [...new FrameReader(100).read(Buffer.from([101, 0, 0, 0]))]).toThrow(FrameError);
    expect(() => [...new FrameReader(100).read(Buffer.from([255, 255, 255, 255]))]).toThrow(FrameError);
  });
});

describe('requests', () => {
  it('are taken as they are', () => {
    expect(parse(request)).toEqual({
      ...request,
      options: [
        ['quiet', undefined],
        ['bufsize', '4k'],
      ],
    });
    expect(parse({ type: 'stop' })).toEqual({ type: 'stop' });
  });

  it.each([
    ['no object', 5],
    ['a list', [request]],
    ['another type', { ...request, type: 'image' }],
    ['bytecode besides', { ...request, image: {} }],
    ['a source with more', { ...request, sources: [{ name: 'a', text: 'b', path: '/etc/shadow' }] }],
    ['a number for a text', { ...request, sources: [{ name: 'a', text: 5 }] }],
    ['a text that is too long', { ...request, sources: [{ name: 'a', text: 'x'.repeat(2 ** 20 + 1) }] }],
    ['too many sources', { ...request, sources: Array.from({ length: 65 }, () => request.sources[0]) }],
    ['a target of no process', { ...request, target: -1 }],
    ['a target that is no number', { ...request, target: '1' }],
    ['a flag that is none', { ...request, events: 1 }],
    ['an option of three', { ...request, options: [['a', 'b', 'c']] }],
    ['nothing', {}],
  ])('of another shape are refused: %s', (_, value) => {
    expect(() => parse(value)).toThrow(ShapeError);
  });

  it('made up at random never do anything but be refused', () => {
    const refused = (bytes: Buffer): void => {
      expect(() => parseRequest(bytes)).toThrow(ShapeError);
    };
    fc.assert(fc.property(fc.uint8Array(), (bytes) => refused(Buffer.from(bytes))));
    fc.assert(fc.property(fc.json(), (text) => refused(Buffer.from(text))));
    const member = fc.constantFrom(...Object.keys(request), '__proto__', 'constructor');
    fc.assert(
      fc.property(member, fc.jsonValue(), (key, value) => {
        const changed = JSON.parse(
          `{${Object.entries(request)
            .map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)
            .join()},${JSON.stringify(key)}:${JSON.stringify(value)}}`,
        );
        try {
          expect(parse(changed)).toMatchObject({ type: 'start' });
        } catch (error) {
          expect(error).toBeInstanceOf(ShapeError);
        }
      }),
    );
  });
});
