/** What a machine instruction does to the flow of control. */
export type InstructionKind = 'return' | 'jump' | 'branch' | 'call' | 'other' | 'invalid';

export interface Instruction {
  readonly address: number;
  readonly length: number;
  readonly kind: InstructionKind;
  /** Where a direct jump, branch or call leads. */
  readonly target?: number;
}
