/** inode_path(inode): a name of a file, from its inode: by its first directory entry and its file system's first mount. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { kernelOffset } from '../builtins.js';
import type { Code } from '../code.js';
import { evaluate, inRegister } from '../expression.js';
import { imm, type V } from '../ir/ir.js';
import { asNumber } from '../memory.js';
import type { Destination, StringValue } from '../strings.js';
import { at, pathName, readPointer } from './dpath.js';

/** inode_mount(inode): where the file system that a file is on is mounted first. */
export function inodeMount(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const inode = inRegister(code, asNumber(code, evaluate(code, args[0]!)));
  const mount = firstMount(code, readPointer(code, inode, 'inode', 'i_sb'));
  return mountPoint(code, code.b.alu('add', mount, imm(at(code, 'mount', 'mnt'))), capacity);
}

/** mount_path(vfsmount): where it is mounted. */
export function mountPath(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  return mountPoint(code, inRegister(code, asNumber(code, evaluate(code, args[0]!))), capacity);
}

const mountPoint = (code: Code, mount: V, capacity: number): StringValue =>
  pathName(code, readPointer(code, mount, 'vfsmount', 'mnt_root'), mount, capacity);

/** Kernels before 6.18 have the mounts of a file system in an ordinary list. */
function firstMount(code: Code, superblock: V): V {
  const own = kernelOffset(code, 'mount', 'mnt_next_for_sb') !== undefined;
  if (own) return readPointer(code, superblock, 'super_block', 's_mounts');
  const link = readPointer(code, superblock, 'super_block', 's_mounts.next');
  return code.b.alu('sub', link, imm(at(code, 'mount', 'mnt_instance')));
}

export function inodePath(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const inode = inRegister(code, asNumber(code, evaluate(code, args[0]!)));
  const link = readPointer(code, inode, 'inode', 'i_dentry.first');
  // A file that has no name any more, or never had one.
  code.faultUnless('!=', link, imm(0), Fault.badAddress, inode);
  const own = kernelOffset(code, 'dentry', 'd_alias') ?? at(code, 'dentry', 'd_u.d_alias');
  const entry = b.alu('sub', link, imm(own));
  const mount = firstMount(code, readPointer(code, inode, 'inode', 'i_sb'));
  return pathName(code, entry, b.alu('add', mount, imm(at(code, 'mount', 'mnt'))), capacity);
}
