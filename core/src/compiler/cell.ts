/** A word of scratch memory: what is kept there, the verifier does not follow, so paths that differ in it meet. */
import type { Code } from './code.js';
import { type Imm, imm, type V } from './ir/ir.js';

export class Cell {
  private readonly offset: number;

  constructor(
    private readonly code: Code,
    first?: V | Imm,
  ) {
    this.offset = code.scratchOffset(8);
    if (first !== undefined) this.set(first);
  }

  set(value: V | Imm): void {
    this.code.b.store(8, this.code.scratchBase, this.offset, value);
  }

  get(): V {
    return this.code.b.load(8, this.code.scratchBase, this.offset);
  }

  /** The value as a number from 0 to `most`: what is outside (and cannot be) becomes `most`. */
  index(most: number): V {
    return bounded(this.code, this.get(), most);
  }

  add(amount: V | Imm): void {
    this.set(this.code.b.alu('add', this.get(), amount));
  }
}

/**
 * A value that can only be in range, made so for the verifier. The usual path comes first: what is then known of the
 * value covers the other path, which the verifier need not follow any further.
 */
export function bounded(code: Code, value: V, most: number): V {
  const { b } = code;
  const result = b.move(value);
  const [over, ok] = [b.newLabel('over'), b.newLabel('bounded')];
  b.branch('>', result, imm(most), over);
  b.jump(ok);
  b.label(over);
  b.assign(result, imm(most));
  b.label(ok);
  return result;
}
