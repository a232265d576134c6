import { describe, expect, test } from 'vitest';
import { parseVerifierLog, VerifierError } from '../src/index.js';

const LOG = `func#0 @0
0: R1=ctx() R10=fp0
0: (b7) r0 = 0                        ; R0_w=0
1: (18) r2 = 0x1                      ; R2_w=1
3: (79) r0 = *(u64 *)(r10 -4096)
invalid read from stack R10 off=-4096 size=8
verification time 57 usec
stack depth 0
processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

const options = { syscall: 'bpf(BPF_PROG_LOAD)', errno: 13, asked: "load kprobe program 'p'" };

describe('verifier logs', () => {
  test('the complaint and the instruction', () => {
    expect(parseVerifierLog(LOG)).toEqual({
      summary: 'invalid read from stack R10 off=-4096 size=8',
      slot: 3,
    });
  });

  test('slots become instructions', () => {
    const error = new VerifierError({ ...options, log: LOG, slots: [0, 1, 3, 4] });
    expect(error).toMatchObject({ instruction: 2, slot: 3, code: 'EACCES' });
    expect(error.message).toBe(
      "cannot load kprobe program 'p': bpf(BPF_PROG_LOAD): EACCES (permission denied): " +
        'invalid read from stack R10 off=-4096 size=8',
    );
    // The second slot of a wide instruction belongs to it; so does the last one.
    expect(new VerifierError({ ...options, log: '2: (00) x\nbad', slots: [0, 1, 3] }).instruction).toBe(1);
    expect(new VerifierError({ ...options, log: '9: (00) x\nbad', slots: [0, 1, 3] }).instruction).toBe(2);
  });

  test('a log without instructions', () => {
    const log = 'back-edge from insn 3 to 2\nprocessed 0 insns (limit 1000000)\n';
    expect(parseVerifierLog(log)).toEqual({ summary: 'back-edge from insn 3 to 2', slot: undefined });
    expect(new VerifierError({ ...options, log, slots: [0] }).instruction).toBeUndefined();
    expect(parseVerifierLog('')).toEqual({ summary: '', slot: undefined });
  });
});
