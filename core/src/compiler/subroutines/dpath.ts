/** d_path(path): the name of a file, from the directory entries up to the root. */
import type { Expr } from '../../language/checked.js';
import { choose, isZero, maskFor, not, within } from '../branchless.js';
import { kernelOffset } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister } from '../expression.js';
import { imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { asNumber } from '../memory.js';
import type { Destination, StringValue } from '../strings.js';

/** Directories and mounts from a file to the root: names of deeper files are cut on the left. */
const DEEPEST = 64;
const LONGEST_NAME = 255;
const SLASH = '/'.charCodeAt(0);

/** Offset of a member, as this kernel has it. */
export function at(code: Code, record: string, member: string): number {
  const offset = kernelOffset(code, record, member);
  if (offset === undefined) throw new Error(`this kernel tells nothing of struct ${record}.${member}`);
  return offset;
}

export function dPath(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const path = inRegister(code, asNumber(code, evaluate(code, args[0]!)));
  const entry = readPointer(code, path, 'path', 'dentry');
  return pathName(code, entry, readPointer(code, path, 'path', 'mnt'), capacity);
}

export const readPointer = (code: Code, base: V, record: string, member: string): V =>
  code.readMemory(code.b.address(base, at(code, record, member)), 8, false);

/** The name of a directory entry as seen through a mount. */
export function pathName(code: Code, entryAt: V, mountAt: V, capacity: number): StringValue {
  const { b } = code;
  const read = (base: V, record: string, member: string) => readPointer(code, base, record, member);
  const entry = new Cell(code, entryAt);
  const mount = new Cell(code, mountAt);
  const inner = at(code, 'mount', 'mnt');

  // The name grows to the left; behind its end there is what the verifier imagines to be used.
  const room = capacity - 1;
  const most = maskFor(Math.max(room, LONGEST_NAME + 1));
  const output = b.address(code.scratchBase, code.scratchOffset(2 * (most + 1) + capacity));
  const left = new Cell(code, imm(room));
  b.store(1, output, room, imm(0));

  const done = b.newLabel('named');
  repeat(code, DEEPEST, () => {
    const [here, mnt] = [entry.get(), mount.get()];
    const parent = read(here, 'dentry', 'd_parent');
    const crosses = isZero(code, b.alu('xor', here, read(mnt, 'vfsmount', 'mnt_root')));
    const outer = b.alu('sub', mnt, imm(inner));
    const outerParent = read(outer, 'mount', 'mnt_parent');
    const first = b.alu('and', crosses, isZero(code, b.alu('xor', outer, outerParent)));
    const alone = b.alu('and', not(code, crosses), isZero(code, b.alu('xor', here, parent)));
    b.branch('!=', b.alu('or', first, alone), imm(0), done);

    const length = code.readMemory(b.address(here, at(code, 'dentry', 'd_name.len')), 4, false);
    const name = read(here, 'dentry', 'd_name.name');
    const taken = not(code, crosses);
    const bytes = within(code, b.alu('mul', b.alu('and', length, imm(LONGEST_NAME)), taken), most, done);
    const start = b.alu('sub', left.get(), b.alu('add', bytes, taken));
    b.branch('>', start, imm(room), done);
    left.set(start);
    const to = b.alu('add', output, within(code, start, most, done));
    b.store(1, to, 0, imm(SLASH));
    b.helper('bpf_probe_read_kernel', b.address(to, 1), bytes, name);
    // A mount's root has no name of its own: what was written there is the slash of the name behind it.
    entry.set(choose(code, crosses, read(outer, 'mount', 'mnt_mountpoint'), parent));
    mount.set(choose(code, crosses, b.alu('add', outerParent, imm(inner)), mnt));
  });
  b.label(done);
  const start = left.index(room);
  const result = b.move(start);
  const named = b.newLabel('path');
  b.branch('!=', start, imm(room), named);
  b.assign(result, imm(room - 1));
  b.label(named);
  const text = b.alu('add', output, result);
  b.store(1, text, 0, imm(SLASH));
  b.store(1, output, room, imm(0));
  return { at: text, capacity };
}
