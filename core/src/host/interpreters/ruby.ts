/** CRuby's structures, version by version. */
import { functionIndex } from '../elf/find-function.js';
import type { Interpreter, LoadedFile } from './interpreter.js';

const V3_1 = {
  ractor: 32,
  context: 520,
  frame: 16,
  stack: 0,
  thread: 48,
  threadId: 80,
  frameSize: 64,
  iseq: 16,
  environment: 32,
  body: 16,
  path: 64,
  label: 80,
  line: 88,
};

const VERSIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = { '3.1': V3_1 };

const NAME = /^libruby-?(\d+\.\d+)\.so|^libruby\.so\.(\d+\.\d+)/;

export function findRuby(files: readonly LoadedFile[]): Interpreter | undefined {
  for (const { name, code, bias } of files) {
    const [, debian, other = debian] = NAME.exec(name) ?? [];
    const words = VERSIONS[other ?? ''];
    const { functions } = code;
    const evaluation = words && functionIndex(functions, 'rb_vm_exec');
    const machine = words && code.objectAddress('ruby_current_vm_ptr');
    if (words === undefined || evaluation === undefined || machine === undefined) continue;
    return {
      kind: 'ruby',
      start: bias + (functions.addresses[evaluation] as number),
      length: functions.sizes[evaluation] as number,
      root: bias + machine,
      words,
    };
  }
  return undefined;
}
