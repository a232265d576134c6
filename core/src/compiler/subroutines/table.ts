/** D's subroutines by name: adding one is adding an entry here, a prototype in the language's table and a test. */
import type { Expr } from '../../language/checked.js';
import type { Code } from '../code.js';
import { evaluate, type Scalar } from '../expression.js';
import { endSpeculation, speculation } from '../speculation.js';
import type { Destination, StringValue } from '../strings.js';
import { inetNtoa, inetNtoa6, inetNtop, linkNtop } from './addresses.js';
import { argsText } from './args-text.js';
import { getmajor, getminor, swapBytes } from './bytes.js';
import { isnull, strchr, strrchr, tolower, toupper } from './characters.js';
import { copyin, copyinstr, copyinto } from './copyin.js';
import { copyout, copyoutstr } from './copyout.js';
import { dPath } from './dpath.js';
import { alloca, bcopy } from './heap-memory.js';
import { inodeMount, inodePath, mountPath } from './inode-path.js';
import { json } from './json.js';
import { always, mutexOwned, mutexOwner, rwReadHeld, rwWriteHeld } from './locks.js';
import { strtoll } from './numbers.js';
import { basename, cleanpath, dirname } from './path.js';
import { progenyof, raise, rand, stop } from './process.js';
import { index, rindex, strstr } from './search.js';
import { strtok } from './strtok.js';
import { charat, lltostr, strjoin, strlen, substr } from './text.js';

export type StringCall = (
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
) => StringValue;
/** `call`: the expression itself, by which memory is laid out. */
export type ScalarCall = (code: Code, args: readonly Expr[], call: Expr) => Scalar;

export const stringCalls: Readonly<Record<string, StringCall>> = {
  basename,
  cleanpath,
  copyinstr,
  d_path: dPath,
  inode_path: inodePath,
  inode_mount: inodeMount,
  mount_path: mountPath,
  args_text: argsText,
  dirname,
  inet_ntoa: inetNtoa,
  inet_ntoa6: inetNtoa6,
  inet_ntop: inetNtop,
  json,
  link_ntop: linkNtop,
  lltostr,
  strchr,
  strjoin,
  strrchr,
  strstr,
  strtok,
  substr,
  tolower,
  toupper,
};

const [swap16, swap32, swap64] = [swapBytes(16), swapBytes(32), swapBytes(64)];

export const scalarCalls: Readonly<Record<string, ScalarCall>> = {
  alloca,
  bcopy,
  charat,
  commit: endSpeculation,
  copyin,
  copyinto,
  copyout,
  copyoutstr,
  discard: endSpeculation,
  getmajor,
  getminor,
  htonl: swap32,
  htonll: swap64,
  htons: swap16,
  index,
  isnull,
  mutex_owned: mutexOwned,
  mutex_owner: mutexOwner,
  mutex_type_adaptive: always(1),
  mutex_type_spin: always(0),
  ntohl: swap32,
  ntohll: swap64,
  ntohs: swap16,
  progenyof,
  raise,
  rand,
  rindex,
  rw_iswriter: rwWriteHeld,
  rw_read_held: rwReadHeld,
  rw_write_held: rwWriteHeld,
  speculation,
  stop,
  strlen,
  strtoll,
  /** Symbolic forms carry the address; the consumer names it. */
  sym: address,
  func: address,
  mod: address,
  uaddr: address,
  usym: address,
  ufunc: address,
  umod: address,
};

function address(code: Code, args: readonly Expr[]): Scalar {
  return evaluate(code, args[0]!);
}
