/** What is known of an instruction before it runs, in the few numbers that its probe's program gets. */
import {
  type AddressOperand,
  type BranchCondition,
  NO_REGISTER,
  type Operation,
} from '@dtrace/core/provider';

/**
 * The numbers of a site, in this order. `taken`: bit i is set if the branch is taken where the state of the flags and the
 * counter is i (`STATE`). `base` and `index` are registers by number. `layout` is packed (`LAYOUT`). `address` is the
 * instruction's own, where no register tells it.
 */
export const FACTS = ['taken', 'base', 'index', 'displacement', 'layout', 'address'] as const;

/** Bits of a state: flags of the processor, and whether rcx is 0, or will be once it has counted down. */
export const STATE = { carry: 1, parity: 2, zero: 4, sign: 8, overflow: 16, counter: 32 } as const;
const STATES = 64;

/** What of an instruction the address is that its registers make. */
export const Use = { memory: 0, target: 1, pointer: 2 } as const;

/** Fields of `layout`: where each begins and how many bits it has. */
export const LAYOUT = {
  length: [0, 8],
  size: [8, 16],
  shift: [24, 4],
  segment: [28, 2],
  use: [30, 2],
  /** Bits that addresses and counters are shifted out by: 32 where only their lower halves count. */
  narrow: [32, 6],
  narrowCounter: [38, 6],
  countsDown: [44, 1],
} as const;

const SEGMENTS = { none: 0, fs: 1, gs: 2 } as const;
const HALF = 32;

type Test = (state: number) => boolean;

const has =
  (bit: number): Test =>
  (state) =>
    (state & bit) !== 0;
const signDiffers: Test = (state) => has(STATE.sign)(state) !== has(STATE.overflow)(state);

/** The processor's conditions by number; each odd one is the opposite of the one before it. */
const CONDITIONS: readonly Test[] = [
  has(STATE.overflow),
  has(STATE.carry),
  has(STATE.zero),
  has(STATE.carry | STATE.zero),
  has(STATE.sign),
  has(STATE.parity),
  signDiffers,
  (state) => has(STATE.zero)(state) || signDiffers(state),
];

const whenFlags = (number: number): Test => {
  const test = CONDITIONS[number >> 1]!;
  return number % 2 === 0 ? test : (state) => !test(state);
};

function whenTaken({ flags, counter }: BranchCondition): Test {
  const byFlags = flags === undefined ? () => true : whenFlags(flags);
  if (counter === undefined) return byFlags;
  const wanted = counter === 'zero';
  return (state) => has(STATE.counter)(state) === wanted && byFlags(state);
}

/** One bit for each state. */
function takenStates(branch: Operation['branch']): bigint {
  if (branch === undefined) return 0n;
  const taken = branch === 'always' ? () => true : whenTaken(branch);
  let bits = 0n;
  for (let state = 0; state < STATES; state++) if (taken(state)) bits |= 1n << BigInt(state);
  return bits;
}

type Field = keyof typeof LAYOUT;

function pack(values: Partial<Record<Field, number>>): bigint {
  let packed = 0n;
  for (const [field, value] of Object.entries(values))
    packed |= BigInt(value) << BigInt(LAYOUT[field as Field][0]);
  return packed;
}

const NOWHERE: AddressOperand = { shift: 0, relative: false, displacement: 0n, narrow: false };

/** The one address that registers make, and what it is. */
function addressOf({ memory, target }: Operation): {
  readonly operand: AddressOperand;
  readonly use: number;
} {
  if (target === 'memory') return { operand: memory ?? NOWHERE, use: memory ? Use.pointer : Use.memory };
  if (target !== undefined) return { operand: target, use: Use.target };
  return { operand: memory ?? NOWHERE, use: Use.memory };
}

/** How the place that an instruction is at is told: by a register, whose number that is, or by its address. */
export type Origin = { readonly register: number } | { readonly address: bigint };

export function factsOf(operation: Operation, origin: Origin): readonly bigint[] {
  const { operand, use } = addressOf(operation);
  const { branch } = operation;
  const condition = typeof branch === 'object' ? branch : undefined;
  const moves = operand.relative && 'register' in origin;
  const base = moves ? origin.register : (operand.base ?? NO_REGISTER);
  const start = operand.relative && 'address' in origin ? origin.address : 0n;
  return [
    takenStates(branch),
    BigInt(base),
    BigInt(operand.index ?? NO_REGISTER),
    operand.displacement + start,
    pack({
      length: operation.length,
      size: operation.size,
      shift: operand.shift,
      segment: SEGMENTS[operand.segment ?? 'none'],
      use,
      narrow: operand.narrow ? HALF : 0,
      narrowCounter: condition?.narrowCounter ? HALF : 0,
      countsDown: condition?.counter === 'count' ? 1 : 0,
    }),
    'address' in origin ? origin.address : 0n,
  ];
}
