import {
  type CodeFile,
  coldPart,
  decodeInstructions,
  entryOffset,
  functionAt,
  type Host,
  type Instruction,
  probeRefusal,
  type UserFunction,
  type UserPlace,
  wholeName,
} from '@dtrace/core/provider';

/** Where a probe goes, or why it cannot go there. */
export interface Places {
  readonly places: readonly UserPlace[];
  readonly refusal?: string;
}

const LONGEST_INSTRUCTION = 16;

/** The code of one function, read once and decoded when asked. */
export class FunctionCode {
  readonly #arch: Host['arch'];
  readonly #file: CodeFile;
  readonly #function: UserFunction;
  readonly #bytes: Buffer;
  #instructions: readonly Instruction[] | undefined;

  constructor(arch: Host['arch'], file: CodeFile, target: UserFunction) {
    this.#arch = arch;
    this.#file = file;
    this.#function = target;
    this.#bytes = file.bytes(target.address, Math.max(target.size, LONGEST_INSTRUCTION));
  }

  get instructions(): readonly Instruction[] {
    const { address, size } = this.#function;
    this.#instructions ??= decodeInstructions(this.#arch, this.#bytes.subarray(0, size), address);
    return this.#instructions;
  }

  entry(): Places {
    const { size } = this.#function;
    return this.#at([entryOffset(this.#arch, this.#bytes.subarray(0, size))]);
  }

  /** Every way out: returns, and jumps to other functions that return in this one's place. */
  returns(): Places {
    const { address, symbol } = this.#function;
    const own = this.#at(this.#exits().map((exit) => exit - address));
    const part = coldPart(this.#file, symbol);
    if (part === undefined) return own;
    const cold = new FunctionCode(this.#arch, this.#file, part);
    const moved = cold.#at(cold.#exits().map((exit) => exit - part.address));
    const places = moved.places.map((place) => ({
      ...place,
      value: (place.value ?? 0) + part.address - address,
    }));
    return { ...moved, ...own, places: [...own.places, ...places.filter(({ value }) => value >= 0)] };
  }

  #exits(): readonly number[] {
    const { address, size, symbol } = this.#function;
    const isElsewhere = (target: number) =>
      (target < address || target >= address + size) &&
      wholeName(functionAt(this.#file.functions, target)?.name ?? '') !== wholeName(symbol);
    const leaves = ({ kind, target }: Instruction) =>
      kind === 'return' || (kind === 'jump' && target !== undefined && isElsewhere(target));
    return this.instructions.filter(leaves).map((each) => each.address);
  }

  /** One instruction by its distance from the start; undefined where none starts there. */
  instruction(offset: number): Places | undefined {
    const { address } = this.#function;
    const found = this.instructions.some((each) => each.address - address === offset);
    return found ? this.#at([offset]) : undefined;
  }

  /** Places in the file, each with its distance from the function's start. */
  #at(offsets: readonly number[]): Places {
    const places: UserPlace[] = [];
    let refusal: string | undefined;
    for (const offset of offsets) {
      const inFile = this.#file.fileOffset(this.#function.address + offset);
      const refused =
        inFile === undefined
          ? 'its code is not in the file'
          : probeRefusal(this.#arch, this.#bytes.subarray(offset, offset + LONGEST_INSTRUCTION));
      if (refused === undefined) places.push({ offset: inFile as number, value: offset });
      else refusal ??= refused;
    }
    return { places, ...(refusal !== undefined && { refusal }) };
  }
}
