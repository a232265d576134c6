/** CPython's structures, version by version: they are its own affair, and differ. */
import { functionIndex } from '../elf/find-function.js';
import type { Interpreter, LoadedFile } from './interpreter.js';

interface Version {
  /** In _PyRuntime: the key of thread-specific data. */
  readonly key: number;
  readonly holder: number;
  readonly direct: number;
  readonly current: number;
  readonly code: number;
  readonly previous: number;
  readonly mark: number;
  readonly endMask: number;
  readonly endValue: number;
  readonly isShim: number;
  readonly name: number;
  readonly file: number;
  readonly line: number;
  readonly ascii: number;
  readonly compact: number;
}

/** Each call of a Python function was one of the function that interprets, and frames were objects. */
const V3_9: Version = {
  key: 588,
  holder: 0,
  direct: 1,
  current: 24,
  code: 32,
  previous: 24,
  mark: 0,
  endMask: 0,
  endValue: 0,
  isShim: 0,
  name: 112,
  file: 104,
  line: 40,
  ascii: 48,
  compact: 72,
};
/** Calls from Python to Python stay in one; a frame tells whether it is the first there. */
const V3_11: Version = {
  ...V3_9,
  key: 596,
  holder: 56,
  direct: 0,
  current: 8,
  code: 32,
  previous: 48,
  mark: 68,
  endMask: 0xff,
  endValue: 1,
  name: 128,
  file: 112,
  line: 72,
};
/** In front of the first there is a frame of the interpreter's own. */
const V3_12: Version = {
  ...V3_11,
  key: 1548,
  current: 0,
  code: 0,
  previous: 8,
  mark: 70,
  endValue: 3,
  isShim: 1,
  line: 68,
  ascii: 40,
  compact: 56,
};
const V3_13: Version = { ...V3_12, key: 2164, direct: 1, current: 72 };

const VERSIONS: Readonly<Record<string, Version>> = {
  '3.9': V3_9,
  '3.10': V3_9,
  '3.11': V3_11,
  '3.12': V3_12,
  '3.13': V3_13,
};

const NAME = /^(?:lib)?python(\d+\.\d+)/;

/** What libc tells debuggers: where in its description of a thread the arrays of thread-specific data are. */
function specificData(files: readonly LoadedFile[]): number | undefined {
  const libc = files.find(({ name }) => name.startsWith('libc.so'));
  const at = libc?.code.objectAddress('_thread_db_pthread_specific');
  // Its size in bits, how many there are, and the offset.
  const bytes = at === undefined ? undefined : libc?.code.bytes(at, 12);
  return bytes?.length === 12 ? bytes.readUInt32LE(8) : undefined;
}

export function findPython(files: readonly LoadedFile[]): Interpreter | undefined {
  for (const { name, code, bias } of files) {
    const version = VERSIONS[NAME.exec(name)?.[1] ?? ''];
    if (version === undefined) continue;
    const { functions } = code;
    const evaluation = functionIndex(functions, '_PyEval_EvalFrameDefault');
    const runtime = code.objectAddress('_PyRuntime');
    const specific = specificData(files);
    if (evaluation === undefined || runtime === undefined || specific === undefined) continue;
    const { key, ...words } = version;
    return {
      kind: 'python',
      start: bias + (functions.addresses[evaluation] as number),
      length: functions.sizes[evaluation] as number,
      root: bias + runtime + key,
      words: { ...words, specific },
    };
  }
  return undefined;
}
