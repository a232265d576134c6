/**
 * What programs know of the interpreters that processes are, and what they tell of the functions they find: two maps.
 * The session writes the first, from what the host knows of each interpreter's versions; programs write the second, so that
 * names are there when the process is gone.
 */

export const SCRIPT_MAP = { interpreters: 'interpreters', names: 'script_names' } as const;

export const INTERPRETER_KIND = { python: 1, ruby: 2 } as const;

/** Value of `interpreters`, by u32 tgid. Where nothing else is said: u32 offsets in the interpreter's structures. */
export const INTERPRETER = {
  size: 96,
  most: 1024,
  kind: 0,
  /** u32 bytes: code of the function that interprets. A stack's frames in it stand for frames of the script. */
  length: 4,
  /** u64 */
  start: 8,
  /** u64: the address of what leads to the running thread. */
  root: 16,
  /** As many u32 as each kind has. */
  words: 24,
} as const;

/** Words of Python's. */
export const PYTHON = {
  /** From what the thread pointer points to: the array of thread-specific data. */
  specific: 0,
  /** Of the thread: a pointer to what has `current`, or `current` itself (`direct` 1). */
  holder: 1,
  direct: 2,
  current: 3,
  /** Of a frame. `(mark & endMask) == endValue`: the function that interprets was called for it. */
  code: 4,
  previous: 5,
  mark: 6,
  endMask: 7,
  endValue: 8,
  /** 1: such a frame is none of the script. */
  isShim: 9,
  /** Of a code object. */
  name: 10,
  file: 11,
  line: 12,
  /** Of a text: where the characters are. */
  ascii: 13,
  compact: 14,
} as const;

/** Words of Ruby's. */
export const RUBY = {
  /** From the virtual machine to the running thread's control frames. */
  ractor: 0,
  context: 1,
  frame: 2,
  /** Of the context: its stack, and behind that how many words it has. Control frames begin at its end. */
  stack: 3,
  /** Of the context: the thread it is of, and that thread's own number. */
  thread: 4,
  threadId: 5,
  frameSize: 6,
  iseq: 7,
  environment: 8,
  /** Of an instruction sequence, then of its body. */
  body: 9,
  path: 10,
  label: 11,
  line: 12,
} as const;

/** Set in the word that stands for a script's frame in a stack; the rest is where the interpreter keeps its function. */
export const SCRIPT_FRAME = 1n << 63n;

/** Value of `script_names`, by u64 process and u64 word. Texts as they lie in memory, as much as there is room for. */
export const SCRIPT_NAME = {
  keySize: 16,
  size: 320,
  most: 4096,
  /** u32 */
  kind: 0,
  line: 4,
  /** u32: bytes of a character. */
  nameWidth: 8,
  fileWidth: 12,
  name: 16,
  nameBytes: 104,
  file: 120,
  fileBytes: 200,
} as const;
