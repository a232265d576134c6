import { describe, expect, test } from 'vitest';
import type { TraceImage } from '../../src/compiler/image.js';
import { readImage } from '../../src/images/format/image-format.js';
import { fitImage, type OpenRequest } from '../../src/images/open-image.js';
import { quantityText } from '../../src/images/quantity.js';
import { type DTrace, ImageError } from '../../src/index.js';
import { type Changes, FIRST, LONG, machine, SECOND } from './kernels.js';

const PROGRAM_OPTIONS = { options: [['nolibs', undefined]] } as const;

const made = (script: string, on: DTrace, options: readonly (readonly [string, string])[] = []) =>
  readImage(on.makeImage(script, { options: [...PROGRAM_OPTIONS.options, ...options] }));

const fitted = (script: string, from: DTrace, to: DTrace, request?: OpenRequest) =>
  fitImage(made(script, from), to.host, request);

const SCRIPTS: Readonly<Record<string, string>> = {
  'members, through pointers and in records': 'trace(curthread->tgid); trace(curthread->real_parent->pid);',
  'a member at the start': 'trace(curthread->memory->counters[0].value);',
  'elements of an array': 'trace(curthread->memory->counters[2].value + curthread->memory->total);',
  'an element that is computed': 'this->i = pid % 4; trace(curthread->memory->counters[this->i].value);',
  'bit fields': 'trace(curthread->flag); trace(curthread->high);',
  'members without names': 'trace(curthread->part); trace(curthread->whole);',
  'sizes and offsets': 'trace(sizeof(struct memory)); trace(offsetof(struct task_struct, comm));',
  'a pointer into a record': 'this->c = &curthread->counter; trace(this->c->spare[0]);',
  'a whole record, and what is recorded behind it': 'trace(*curthread->memory); trace(pid); trace(execname);',
  'print()': 'print(curthread->state); print(curthread->pid);',
  constants: 'trace(curthread->state == STATE_BUSY);',
  symbols: 'trace(`counter.value); trace(&`counter);',
  strings: 'trace(stringof(curthread->comm)); @[stringof(curthread->comm)] = count();',
  'variables of kernel types':
    'x[pid] = curthread->memory; trace(x[pid]->total); self->m = curthread->memory;',
  'macro variables': 'trace(pid == $pid); trace($target); trace($uid);',
  'nothing of the kernel': 'trace(timestamp); @ = quantize(cpu);',
};

describe('an image made on one kernel is the one made on the other, once it is there', () => {
  const here = machine(FIRST);
  const there = machine(SECOND, 300);
  test.each(Object.keys(SCRIPTS))('%s', (name) => {
    const script = `BEGIN { ${SCRIPTS[name]} }`;
    const strip = (image: TraceImage) => ({ ...image, sources: [] });
    const request = { target: 1234 };
    const moved = fitted(script, here, there, request).program.image;
    const own = fitted(script, there, there, request).program.image;
    expect(strip(moved)).toEqual(strip(own));
  });
});

test('what was moved is told', () => {
  const { moved } = fitted('BEGIN { trace(curthread->tgid); }', machine(FIRST), machine(SECOND));
  const tgid = moved.find(({ quantity }) => quantityText(quantity) === 'struct task_struct.tgid');
  expect(tgid).toMatchObject({ was: 8n, is: 48n });
});

describe('an image is refused in one line where the kernel', () => {
  const refusal = (script: string, changes: Partial<Changes>, request?: OpenRequest): string => {
    try {
      fitted(script, machine(FIRST), machine({ ...SECOND, ...changes }), request);
    } catch (error) {
      if (error instanceof ImageError) return error.message;
      throw error;
    }
    return '';
  };
  const script = 'BEGIN { trace(curthread->pid); trace(curthread->flag); }';

  test('lacks a member', () => {
    expect(refusal(script, { omit: 'pid' })).toBe(
      'this kernel does not have struct task_struct.pid, which the image needs',
    );
  });
  test('has another type of it', () => {
    expect(refusal(script, { pid: LONG })).toBe(
      'struct task_struct.pid is a signed number of 8 bytes on this kernel, and a signed number of 4 bytes in the image',
    );
  });
  test('is fine with members that the program does not look at', () => {
    expect(refusal(script, { omit: 'state' })).toBe('');
  });
  test('options that programs are compiled with are settled, others are not', () => {
    expect(refusal(script, {}, { options: [['strsize', '64']] })).toBe(
      'option strsize was settled when the image was compiled',
    );
    expect(refusal(script, {}, { options: [['switchrate', '50hz']] })).toBe('');
  });
  test('lacks a feature that the image was allowed to use', () => {
    const image = made('BEGIN { trace(1); }', machine(FIRST), [['minkernel', '6.12']]);
    expect(() => fitImage({ ...image, features: ['may_goto'] }, machine(FIRST).host)).toThrow(
      /needs what this kernel lacks, or does not allow: may_goto/,
    );
  });
});

test.each([
  ['4.19', 'images run on Linux 5.10 and newer, not on 4.19'],
  ['new', "'new' is no version of a kernel"],
])('no image for a kernel %s', (kernel, message) => {
  expect(() => made('BEGIN {}', machine(FIRST), [['minkernel', kernel]])).toThrow(new ImageError(message));
});

test('destructive actions have to be allowed when the image is made, or when it runs', () => {
  const image = made('BEGIN { system("true"); }', machine(FIRST));
  expect(() => fitImage(image, machine(FIRST).host)).toThrow(/Destructive actions not allowed/);
  const { program } = fitImage(image, machine(FIRST).host, { options: [['destructive', undefined]] });
  expect(program.options.destructive).toBe(true);
});
