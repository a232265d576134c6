/** Reading and writing D variables, wherever they live. */
import type { Expr, ExprOf, VariableTarget } from '../language/checked.js';
import { isSigned, isString, resolve, sizeOf } from '../language/types/queries.js';
import type { Type } from '../language/types.js';
import { isZero } from './branchless.js';
import { currentTask, threadKey } from './builtins.js';
import { type Code, Level } from './code.js';
import { evaluate, inRegister, normalise, type Scalar, scalarWidth } from './expression.js';
import { imm, isImm, type Operand, type V } from './ir/ir.js';
import { buildKey } from './keys.js';
import { isUserMemory } from './spaces.js';
import { copyString, evaluateNullable } from './strings.js';
import { type Home, MAP, NULLNESS } from './unit.js';

function isScalarType(type: Type): boolean {
  const { kind } = resolve(type);
  return kind === 'integer' || kind === 'enum' || kind === 'pointer';
}

export function loadVariable(code: Code, expr: VariableTarget): Scalar {
  if (!isScalarType(expr.type)) return addressOfVariable(code, expr);
  const home = code.unit.home(expr.variable);
  if (home.in === 'program') {
    if (code.level === Level.free) return code.programVariable(expr.variable);
    return code.b.load(8, code.scratchBase, code.programSpace(expr.variable));
  }
  const width = scalarWidth(expr.type);
  const read = (base: V, offset: number) => {
    const value = code.b.load(width, base, offset);
    return isSigned(expr.type) ? normalise(code, value, expr.type) : value;
  };
  if (home.in === 'globals') return read(code.b.move({ map: MAP.globals, value: home.offset }), 0);
  const pointer = find(code, expr, home);
  const result = code.b.constant(0);
  const absent = code.b.newLabel('unset');
  code.b.branch('==', pointer, imm(0), absent);
  code.b.assign(result, read(pointer, home.in === 'thread' ? home.offset : 0));
  code.b.label(absent);
  return result;
}

/** The bytes' address; for what is not there yet, an address of zeros. */
export function addressOfVariable(code: Code, expr: VariableTarget): V {
  const home = code.unit.home(expr.variable);
  if (home.in === 'program') return programAddress(code, expr);
  if (home.in === 'globals') return code.b.move({ map: MAP.globals, value: home.offset });
  code.unit.needZeros(home.size);
  const pointer = find(code, expr, home);
  const result = code.b.register();
  const absent = code.b.newLabel('unset');
  const end = code.b.newLabel('found');
  code.b.branch('==', pointer, imm(0), absent);
  code.b.assign(result, code.b.address(pointer, home.in === 'thread' ? home.offset : 0));
  code.b.jump(end);
  code.b.label(absent);
  code.b.assign(result, { map: MAP.zeros, value: 0 });
  code.b.label(end);
  return result;
}

/** A string variable's bytes, and whether it holds NULL (not 0): elements and thread-local ones do until assigned. */
export function stringVariable(code: Code, expr: VariableTarget): { at: V; absent: V } {
  const { b } = code;
  const home = code.unit.home(expr.variable);
  if (home.in === 'program') {
    const at = programAddress(code, expr);
    return { at, absent: b.load(8, at, -NULLNESS) };
  }
  if (home.in === 'globals') {
    const start = b.move({ map: MAP.globals, value: home.offset - NULLNESS });
    return { at: b.address(start, NULLNESS), absent: b.load(8, start, 0) };
  }
  code.unit.needZeros(home.size);
  const pointer = find(code, expr, home);
  const at = b.move({ map: MAP.zeros, value: 0 });
  const absent = b.constant(1);
  const end = b.newLabel('unset');
  b.branch('==', pointer, imm(0), end);
  if (home.in === 'thread') {
    b.branch('==', b.load(8, pointer, home.offset - NULLNESS), imm(0), end);
    b.assign(at, b.address(pointer, home.offset));
  } else b.assign(at, pointer);
  b.assign(absent, imm(0));
  b.label(end);
  return { at, absent };
}

/** As `addressOfVariable`, but what is not there yet is made, all zero; without room the clause faults. */
export function addressForWriting(code: Code, expr: VariableTarget): V {
  const home = code.unit.home(expr.variable);
  if (home.in === 'program' || home.in === 'globals') return addressOfVariable(code, expr);
  if (home.in === 'thread') {
    const record = threadRecordForWriting(code);
    refuseAbsent(code, record);
    return code.b.address(record, home.offset);
  }
  if (expr.kind !== 'element') throw new Error(`variable ${expr.variable.name} is no element`);
  const key = elementKey(code, expr, home);
  const pointer = code.b.move(code.b.helper('bpf_map_lookup_elem', { map: home.map }, key.at));
  const there = code.b.newLabel('there');
  code.b.branch('!=', pointer, imm(0), there);
  code.b.helper('bpf_map_update_elem', { map: home.map }, key.at, { map: MAP.zeros, value: 0 }, imm(1));
  code.b.assign(pointer, code.b.helper('bpf_map_lookup_elem', { map: home.map }, key.at));
  refuseAbsent(code, pointer);
  code.b.label(there);
  key.release();
  return pointer;
}

function refuseAbsent(code: Code, pointer: V): void {
  const ok = code.b.newLabel('room');
  code.b.branch('!=', pointer, imm(0), ok);
  code.drop('dynamic');
  code.abandon();
  code.b.label(ok);
}

/** Clause-local strings and records: scratch space that stays theirs for the whole program. */
function programAddress(code: Code, expr: VariableTarget): V {
  return code.b.address(code.scratchBase, code.programSpace(expr.variable));
}

/** A pointer to the value or 0: thread records and map elements may not exist. */
function find(code: Code, expr: VariableTarget, home: Home): V {
  if (home.in === 'thread') return threadRecord(code);
  if (home.in !== 'map' || expr.kind !== 'element')
    throw new Error(`variable ${expr.variable.name} is no element`);
  const key = elementKey(code, expr, home);
  const pointer = code.b.helper('bpf_map_lookup_elem', { map: home.map }, key.at);
  key.release();
  return pointer;
}

function elementKey(code: Code, expr: ExprOf<'element'>, home: Extract<Home, { in: 'map' }>) {
  return buildKey(
    code,
    home.keys,
    home.keySize,
    expr.keys,
    expr.variable.scope === 'self' ? threadKey : undefined,
  );
}

// ---- thread-local record -------------------------------------------------------------------------------

/** The current thread's record if it has one. */
function threadRecord(code: Code): V {
  return code.once('thread', () => {
    if (code.unit.threadStorage) {
      return code.b.helper('bpf_task_storage_get', { map: MAP.thread }, currentTask(code), imm(0), imm(0));
    }
    const key = code.b.buffer(8);
    code.b.store(8, key, 0, threadKey(code));
    const pointer = code.b.helper('bpf_map_lookup_elem', { map: MAP.thread }, key);
    code.b.releaseBuffer(key);
    return pointer;
  });
}

const CREATE = 1;

/** The current thread's record, made when it has none; 0 when there is no room. */
function threadRecordForWriting(code: Code): V {
  const known = code.once('thread-for-writing', () => {
    if (code.unit.threadStorage) {
      return code.b.helper(
        'bpf_task_storage_get',
        { map: MAP.thread },
        currentTask(code),
        imm(0),
        imm(CREATE),
      );
    }
    const key = code.b.buffer(8);
    code.b.store(8, key, 0, threadKey(code));
    const pointer = code.b.move(code.b.helper('bpf_map_lookup_elem', { map: MAP.thread }, key));
    const there = code.b.newLabel('there');
    code.b.branch('!=', pointer, imm(0), there);
    code.b.helper('bpf_map_update_elem', { map: MAP.thread }, key, { map: MAP.zeros, value: 0 }, imm(1));
    code.b.assign(pointer, code.b.helper('bpf_map_lookup_elem', { map: MAP.thread }, key));
    code.b.label(there);
    code.b.releaseBuffer(key);
    return pointer;
  });
  // Whoever looked for it before, and may again behind a branch or in the next turn of a loop, finds it from here on.
  const before = code.remembered('thread');
  if (before !== undefined && before !== known) code.b.assign(before, known);
  else code.once('thread', () => known);
  return known;
}

// ---- writing -------------------------------------------------------------------------------------------

/** Writes a value (given, or evaluated here where it is no scalar) and returns it. */
export function storeVariable(code: Code, target: VariableTarget, from: Expr, value?: Scalar): Scalar {
  const home = code.unit.home(target.variable);
  if (isScalarType(target.type)) {
    const scalar = value ?? evaluate(code, from);
    storeScalar(code, target, home, scalar);
    return scalar;
  }
  return code.temporaries(() =>
    isString(target.type) ? storeString(code, target, home, from) : storeBytes(code, target, home, from),
  );
}

function storeScalar(code: Code, target: VariableTarget, home: Home, value: Scalar): void {
  const { b } = code;
  const width = scalarWidth(target.type);
  if (home.in === 'program') {
    if (code.level === Level.free) b.assign(code.programVariable(target.variable), value);
    else b.store(8, code.scratchBase, code.programSpace(target.variable), value);
  } else if (home.in === 'globals')
    b.store(width, b.move({ map: MAP.globals, value: home.offset }), 0, value);
  else if (home.in === 'thread') {
    intoThreadRecord(code, (record) => b.store(width, record, home.offset, value));
  } else if (target.kind === 'element') storeElement(code, target, home, width, value);
}

function intoThreadRecord(code: Code, write: (record: V) => void): void {
  const { b } = code;
  const record = threadRecordForWriting(code);
  const lost = b.newLabel('lost');
  const end = b.newLabel('kept');
  b.branch('==', record, imm(0), lost);
  write(record);
  b.jump(end);
  b.label(lost);
  code.drop('dynamic');
  b.label(end);
}

/** An element set to zero is an element removed. */
function storeElement(
  code: Code,
  target: ExprOf<'element'>,
  home: Extract<Home, { in: 'map' }>,
  width: 1 | 2 | 4 | 8,
  value: Scalar,
): void {
  const { b } = code;
  const key = elementKey(code, target, home);
  const end = b.newLabel('stored');
  const remove = () => b.helper('bpf_map_delete_elem', { map: home.map }, key.at);
  if (isImm(value) && value.imm === 0n) {
    remove();
  } else {
    const insert = b.newLabel('insert');
    if (!isImm(value)) {
      const keep = b.newLabel('keep');
      b.branch('!=', value, imm(0), keep);
      remove();
      b.jump(end);
      b.label(keep);
    }
    const pointer = b.helper('bpf_map_lookup_elem', { map: home.map }, key.at);
    b.branch('==', pointer, imm(0), insert);
    b.store(width, pointer, 0, value);
    b.jump(end);
    b.label(insert);
    const bytes = b.buffer(8);
    b.store(8, bytes, 0, imm(0));
    b.store(width, bytes, 0, value);
    updateElement(code, home.map, key.at, bytes);
    b.releaseBuffer(bytes);
  }
  b.label(end);
  key.release();
}

function updateElement(code: Code, map: string, key: Operand, value: Operand): void {
  const status = code.b.helper('bpf_map_update_elem', { map }, key, value, imm(0));
  const ok = code.b.newLabel('inserted');
  code.b.branch('==', status, imm(0), ok);
  code.drop('dynamic');
  code.b.label(ok);
}

/** Returns the address of the value read. */
function storeString(code: Code, target: VariableTarget, home: Home, from: Expr): V {
  const { b } = code;
  const value = evaluateNullable(code, from);
  const { absent } = value;
  const copyTo = (to: V) => void copyString(code, value, { at: to, capacity: home.size });
  if (home.in === 'map' && target.kind === 'element') {
    const key = elementKey(code, target, home);
    const end = b.newLabel('stored');
    if (absent !== undefined) {
      const keep = b.newLabel('keep');
      b.branch('==', absent, imm(0), keep);
      b.helper('bpf_map_delete_elem', { map: home.map }, key.at);
      b.jump(end);
      b.label(keep);
    }
    const space = code.space(home.size);
    code.zero(space.at, 0, home.size);
    copyTo(b.address(space.at));
    updateElement(code, home.map, key.at, space.at);
    b.label(end);
    space.release();
    key.release();
  } else if (home.in === 'thread') {
    const present = absent === undefined ? imm(1) : isZero(code, absent);
    intoThreadRecord(code, (record) => {
      copyTo(b.address(record, home.offset));
      b.store(8, record, home.offset - NULLNESS, present);
    });
  } else {
    const at = addressOfVariable(code, target);
    copyTo(at);
    b.store(8, at, -NULLNESS, absent ?? imm(0));
  }
  return b.address(value.at);
}

/** Records and arrays. Returns the address of the value read. */
function storeBytes(code: Code, target: VariableTarget, home: Home, from: Expr): V {
  const { b } = code;
  const address = inRegister(code, evaluate(code, from));
  const size = sizeOf(target.type, code.unit.options.strsize) ?? 0;
  const copyTo = (to: V) =>
    from.kind === 'constant'
      ? code.zero(to, 0, size)
      : copyMemory(code, to, size, address, isUserMemory(from));
  if (home.in === 'map' && target.kind === 'element') {
    const key = elementKey(code, target, home);
    if (from.kind === 'constant') b.helper('bpf_map_delete_elem', { map: home.map }, key.at);
    else {
      const space = code.space(home.size);
      code.zero(space.at, 0, home.size);
      copyTo(b.address(space.at));
      updateElement(code, home.map, key.at, space.at);
      space.release();
    }
    key.release();
  } else if (home.in === 'thread') intoThreadRecord(code, (record) => copyTo(b.address(record, home.offset)));
  else copyTo(addressOfVariable(code, target));
  return address;
}

/** Copies `size` bytes of kernel, own or (`user`) the process's memory; a bad source is a fault. */
export function copyMemory(code: Code, to: Operand, size: number, from: V, user = false): void {
  const status = code.b.helper(user ? 'bpf_probe_read_user' : 'bpf_probe_read_kernel', to, imm(size), from);
  code.faultUnless('==', status, imm(0), 1, from);
}
