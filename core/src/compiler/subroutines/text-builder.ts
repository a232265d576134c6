/** Text written character by character to scratch memory. */
import { bounded, Cell } from '../cell.js';
import type { Code } from '../code.js';
import { type Imm, imm, type V } from '../ir/ir.js';
import type { StringValue } from '../strings.js';

export class TextBuilder {
  private readonly base: V;
  private readonly at: Cell;

  /** `room`: bytes for the longest text and its NUL. */
  constructor(
    private readonly code: Code,
    private readonly room: number,
    private readonly capacity: number,
  ) {
    this.base = code.b.address(code.scratchBase, code.scratchOffset(Math.max(room, capacity)));
    this.at = new Cell(code, imm(0));
  }

  get length(): V {
    return this.at.get();
  }

  append(character: V | Imm): void {
    const { b } = this.code;
    const at = this.at.index(this.room - 1);
    b.store(1, b.alu('add', this.base, at), 0, character);
    this.at.set(b.alu('add', at, imm(1)));
  }

  text(text: string): void {
    for (const character of text) this.append(imm(character.charCodeAt(0)));
  }

  hexDigit(value: V): void {
    const { b } = this.code;
    const character = b.alu('add', value, imm('0'.charCodeAt(0)));
    const digit = b.newLabel('digit');
    b.branch('<', value, imm(10), digit);
    b.assign(character, b.alu('add', value, imm('a'.charCodeAt(0) - 10)));
    b.label(digit);
    this.append(character);
  }

  /** A number from 0 to 255, without zeros in front. */
  decimalByte(value: V): void {
    const { b } = this.code;
    const zero = imm('0'.charCodeAt(0));
    const [tens, ones] = [b.newLabel('tens'), b.newLabel('ones')];
    b.branch('<', value, imm(10), ones);
    b.branch('<', value, imm(100), tens);
    this.append(b.alu('add', b.alu('div', value, imm(100)), zero));
    b.label(tens);
    this.append(b.alu('add', b.alu('mod', b.alu('div', value, imm(10)), imm(10)), zero));
    b.label(ones);
    this.append(b.alu('add', b.alu('mod', value, imm(10)), zero));
  }

  /** Cut to the capacity where it is longer. */
  finish(): StringValue {
    const { b } = this.code;
    const end = bounded(this.code, this.at.get(), Math.min(this.room, this.capacity) - 1);
    b.store(1, b.alu('add', this.base, end), 0, imm(0));
    return { at: this.base, capacity: this.capacity };
  }
}
