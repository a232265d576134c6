import { BpfError, type BpfErrorOptions } from '../errors.js';

const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\)/;
/** Lines that say how the verifier got there or what it cost, not what is wrong. */
const NOISE =
  /^(processed \d+ insns|verification time|stack depth|max_states|mark_precise|last_idx|regs=|\d+: (R\d|\()|from \d+ to|R\d+(_\w+)?=|;|$)/;

export interface VerifierVerdict {
  /** The last lines that are not a trace of states: normally the verifier's complaint. */
  readonly summary: string;
  /** Slot of the last instruction the verifier looked at. */
  readonly slot: number | undefined;
}

/** Finds what matters in a verifier log. */
export function parseVerifierLog(log: string): VerifierVerdict {
  const lines = log.split('\n').map((line) => line.trimEnd());
  let slot: number | undefined;
  let after = 0;
  lines.forEach((line, i) => {
    const match = INSTRUCTION.exec(line);
    if (match === null) return;
    slot = Number(match[1]);
    after = i + 1;
  });
  const complaint = (from: number) => lines.slice(from).filter((line) => !NOISE.test(line));
  const useful = complaint(after);
  return { summary: (useful.length > 0 ? useful : complaint(0)).slice(-4).join('\n'), slot };
}

/** The verifier refused a program. */
export class VerifierError extends BpfError {
  override name = 'VerifierError';
  readonly log: string;
  readonly summary: string;
  /** Index into the program's `instructions` of the one refused, where the log tells. */
  readonly instruction?: number;
  /** The same as a slot of the machine code, as the log counts. */
  readonly slot?: number;

  constructor(options: BpfErrorOptions & { log: string; slots: readonly number[] }) {
    const { summary, slot } = parseVerifierLog(options.log);
    super({ ...options, cause: summary === '' ? options.cause : summary });
    this.log = options.log;
    this.summary = summary;
    if (slot === undefined) return;
    this.slot = slot;
    const next = options.slots.findIndex((first) => first > slot);
    this.instruction = (next < 0 ? options.slots.length : next) - 1;
  }
}
