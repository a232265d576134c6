/** Why a clause was abandoned. The numbers are DTrace's own: scripts compare `arg4` of ERROR with them. */

export const Fault = {
  unknown: 0,
  badAddress: 1,
  badAlignment: 2,
  illegalOperation: 3,
  divideByZero: 4,
  noScratch: 5,
  kernelAccess: 6,
  userAccess: 7,
  tupleOverflow: 8,
  badStack: 9,
  badSize: 10,
  badIndex: 11,
  /** Our own: a loop took more turns than `-x looplimit` allows. */
  loopLimit: 12,
  library: 1000,
} as const;

export type FaultName = keyof typeof Fault;

interface FaultText {
  readonly text: string;
  /** How the value that came with the fault is shown; most faults have none worth showing. */
  readonly value?: 'address' | 'index';
}

const texts: ReadonlyMap<number, FaultText> = new Map<number, FaultText>([
  [Fault.badAddress, { text: 'invalid address', value: 'address' }],
  [Fault.badAlignment, { text: 'invalid alignment', value: 'address' }],
  [Fault.illegalOperation, { text: 'illegal operation' }],
  [Fault.divideByZero, { text: 'divide-by-zero' }],
  [Fault.noScratch, { text: 'out of scratch space' }],
  [Fault.kernelAccess, { text: 'invalid kernel access' }],
  [Fault.userAccess, { text: 'invalid user access' }],
  [Fault.tupleOverflow, { text: 'tuple stack overflow' }],
  [Fault.badStack, { text: 'bad stack', value: 'address' }],
  [Fault.badSize, { text: 'invalid size', value: 'address' }],
  [Fault.badIndex, { text: 'index out of bounds', value: 'index' }],
  [Fault.loopLimit, { text: 'loop limit exceeded', value: 'index' }],
  [Fault.library, { text: 'library-level fault' }],
]);

export function faultText(kind: number): string {
  return texts.get(kind)?.text ?? 'unknown fault';
}

const noAddress = 0xffff_ffff_ffff_ffffn;

/** ` (0x10)` or nothing: the faulting value as it stands after the fault's text. `address` is unsigned. */
export function faultDetail(kind: number, address: bigint): string {
  switch (texts.get(kind)?.value) {
    case 'address':
      return kind === Fault.badAddress && address === noAddress ? '' : ` (0x${address.toString(16)})`;
    case 'index':
      return ` (${BigInt.asIntN(64, address)})`;
    default:
      return '';
  }
}
