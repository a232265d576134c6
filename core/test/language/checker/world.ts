/** A small world for checker tests: a few kernel types, symbols and probes. */
import type { ProbeDescription, ProbeNumber, Program } from '../../../src/language/ast.js';
import { type CheckResult, check, GlobalScope } from '../../../src/language/checker/index.js';
import type { CheckContext, ProbeFacts } from '../../../src/language/context.js';
import type { Diagnostic } from '../../../src/language/diagnostics.js';
import { parseProgram } from '../../../src/language/parser/index.js';
import { positionOf } from '../../../src/language/source.js';
import * as basic from '../../../src/language/types/basic.js';
import { layoutRecord, type MemberSpecification } from '../../../src/language/types/layout.js';
import type { EnumType, RecordType, Type, TypeSource } from '../../../src/language/types.js';

const record = (tag: string, members: readonly MemberSpecification[]): RecordType =>
  layoutRecord('struct', tag, members, 256);

const inode = record('inode', [
  { name: 'i_ino', type: basic.UNSIGNED_LONG },
  { name: 'i_mode', type: basic.UNSIGNED_SHORT },
]);
const file = record('file', [
  { name: 'f_inode', type: basic.pointerTo(inode) },
  { name: 'f_flags', type: basic.UNSIGNED_INT },
]);
const state: EnumType = {
  kind: 'enum',
  tag: 'state',
  size: 4,
  signed: false,
  enumerators: new Map([
    ['RUNNING', 0n],
    ['STOPPED', 4n],
  ]),
};
const anonymous = layoutRecord(
  'union',
  '',
  [
    { name: 'number', type: basic.INT },
    { name: 'letter', type: basic.CHAR },
  ],
  256,
);
export const task = record('task_struct', [
  { name: 'pid', type: basic.INT },
  { name: 'comm', type: basic.arrayOf(basic.CHAR, 16) },
  { name: 'flagA', type: basic.UNSIGNED_INT, bits: 3 },
  { name: 'flagB', type: basic.UNSIGNED_INT, bits: 5 },
  { name: 'state', type: state },
  { name: '', type: anonymous },
  { name: 'name', type: basic.CHAR_POINTER },
  { name: 'inner', type: inode },
  { name: 'table', type: basic.arrayOf(basic.LONG, 4) },
  { name: 'file', type: basic.pointerTo(file) },
]);

const records = new Map<string, Type>([task, file, inode].map((type) => [`struct ${type.tag}`, type]));
const symbols = new Map<string, Type>([
  ['jiffies', basic.UNSIGNED_LONG],
  ['init_task', task],
  ['vfs_read', { kind: 'function', returns: basic.LONG, parameters: [], variadic: false }],
]);

export const types: TypeSource = {
  findRecord: (kind, tag) => records.get(`${kind} ${tag}`),
  findEnum: (tag) => (tag === 'state' ? state : undefined),
  findTypedef: (name) => (name === 'u64' ? { kind: 'typedef', name, to: basic.UNSIGNED_LONG } : undefined),
  findEnumerator: (name) => (name === 'PIDTYPE_TGID' ? { value: 1n, type: basic.INT } : undefined),
  findFunction: () => undefined,
  findSymbol: (name) => {
    const type = symbols.get(name);
    return type && { type, address: 0x1000n };
  },
};

const names: Readonly<Record<string, ProbeFacts['args']>> = {
  BEGIN: [],
  END: [],
  open: [{ type: basic.pointerTo(file) }, { type: basic.CHAR_POINTER }],
  user: [{ type: basic.pointerTo(task, 'user') }],
  mixed: undefined,
};

function probes(description: ProbeDescription | ProbeNumber): ProbeFacts {
  const name = description.kind === 'probe' ? description.name : `${description.id}`;
  const known = name in names;
  return { count: known ? 1 : 0, args: known ? names[name] : [], name: `test:::${name}` };
}

export const context: CheckContext = {
  types,
  probes,
  library: false,
  macros: { named: { pid: 42n, target: 7n }, arguments: ['script.d', '10', 'vfs_read', 'two words'] },
  options: { strsize: 256, zeroMatches: false, destructive: true, defaultArguments: false },
};

export function parse(text: string, scope: GlobalScope): Program {
  const isTypeName = (name: string): boolean =>
    scope.typedefs.has(name) || types.findTypedef(name) !== undefined;
  const parsed = parseProgram({ name: 'test.d', text }, { isTypeName });
  if (parsed.diagnostics.length > 0)
    throw new Error(`does not parse: ${parsed.diagnostics[0]?.id} in ${text}`);
  return parsed.program;
}

export function checkText(
  text: string,
  scope = new GlobalScope(),
  changed: Partial<CheckContext> = {},
): CheckResult {
  return check(parse(text, scope), { ...context, ...changed }, scope);
}

/** `D_TAG line` of each diagnostic. */
export const summary = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics.map(({ tag, span }) => `${tag} ${span ? positionOf(span.source, span.start).line : '?'}`);
