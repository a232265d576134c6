/** Bounds of the fields of an instruction. All three throw `RangeError` naming the field. */

function check(value: number, low: number, high: number, what: string): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${what} ${value} is not an integer in ${low}..${high}`);
  }
  return value;
}

/** A memory offset or short jump distance. */
export function int16(value: number, what: string): number {
  return check(value, -0x8000, 0x7fff, what);
}

/** An immediate that the machine sign-extends to 64 bits: 0xffffffff would silently mean -1, so it is refused. */
export function int32(value: number, what: string): number {
  return check(value, -0x80000000, 0x7fffffff, what);
}

/** An immediate of which only the low 32 bits matter: signed and unsigned spellings are both taken. */
export function bits32(value: number, what: string): number {
  return check(value, -0x80000000, 0xffffffff, what) | 0;
}
