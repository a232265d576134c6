import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../src/asm/index.js';
import * as asm from '../../src/asm/index.js';

/** Code as one hex string per slot: opcode, registers, offset, imm, all little endian. */
function hexOf(...insns: Instruction[]): string {
  const { code } = asm.assemble(insns);
  return (Buffer.from(code).toString('hex').match(/.{16}/g) ?? []).join(' ');
}

/** [instruction, encoding, text]. Jump cases go to a label on the instruction right after. */
const CASES: [Instruction, string, string][] = [
  [asm.Mov.imm(1, 5), 'b701000005000000', 'r1 = 5'],
  [asm.Mov.imm(1, -1), 'b7010000ffffffff', 'r1 = -1'],
  [asm.Mov.reg(6, 1), 'bf16000000000000', 'r6 = r1'],
  [asm.Mov.imm32(2, 0xffffffff), 'b4020000ffffffff', 'w2 = -1'],
  [asm.Mov.reg32(2, 3), 'bc32000000000000', 'w2 = w3'],
  [asm.Add.imm(10, -8), '070a0000f8ffffff', 'r10 += -8'],
  [asm.Add.reg(1, 2), '0f21000000000000', 'r1 += r2'],
  [asm.Sub.reg(1, 2), '1f21000000000000', 'r1 -= r2'],
  [asm.Mul.imm(1, 3), '2701000003000000', 'r1 *= 3'],
  [asm.Div.imm32(1, 3), '3401000003000000', 'w1 /= 3'],
  [asm.Or.reg32(1, 2), '4c21000000000000', 'w1 |= w2'],
  [asm.And.imm(1, 255), '57010000ff000000', 'r1 &= 255'],
  [asm.Lsh.imm(1, 32), '6701000020000000', 'r1 <<= 32'],
  [asm.Rsh.imm(1, 32), '7701000020000000', 'r1 >>= 32'],
  [asm.Mod.reg(1, 2), '9f21000000000000', 'r1 %= r2'],
  [asm.Xor.reg(1, 2), 'af21000000000000', 'r1 ^= r2'],
  [asm.Arsh.imm(1, 32), 'c701000020000000', 'r1 s>>= 32'],
  [asm.SDiv.reg(1, 2), '3f21010000000000', 'r1 s/= r2'],
  [asm.SMod.imm32(1, 7), '9401010007000000', 'w1 s%= 7'],
  [asm.Neg(3), '8703000000000000', 'r3 = -r3'],
  [asm.Neg32(3), '8403000000000000', 'w3 = -w3'],
  [asm.toBe(1, 16), 'dc01000010000000', 'r1 = be16 r1'],
  [asm.toLe(1, 32), 'd401000020000000', 'r1 = le32 r1'],
  [asm.bswap(1, 64), 'd701000040000000', 'r1 = bswap64 r1'],
  [asm.movsx(1, 2, 8), 'bf21080000000000', 'r1 = (s8)r2'],
  [asm.movsx(1, 2, 32), 'bf21200000000000', 'r1 = (s32)r2'],
  [asm.movsx32(1, 2, 16), 'bc21100000000000', 'w1 = (s16)w2'],
  [asm.load(8, 1, 10, -8), '79a1f8ff00000000', 'r1 = *(u64 *)(r10 -8)'],
  [asm.load(4, 1, 6, 16), '6161100000000000', 'r1 = *(u32 *)(r6 +16)'],
  [asm.load(2, 1, 6, 0), '6961000000000000', 'r1 = *(u16 *)(r6 +0)'],
  [asm.load(1, 1, 6, 1), '7161010000000000', 'r1 = *(u8 *)(r6 +1)'],
  [asm.loadSigned(4, 1, 6, 4), '8161040000000000', 'r1 = *(s32 *)(r6 +4)'],
  [asm.loadSigned(1, 1, 6, 4), '9161040000000000', 'r1 = *(s8 *)(r6 +4)'],
  [asm.store(8, 10, -8, 1), '7b1af8ff00000000', '*(u64 *)(r10 -8) = r1'],
  [asm.store(1, 10, -1, 1), '731affff00000000', '*(u8 *)(r10 -1) = r1'],
  [asm.storeImm(8, 10, -8, -2), '7a0af8fffeffffff', '*(u64 *)(r10 -8) = -2'],
  [asm.storeImm(4, 10, -8, 0xffffffff), '620af8ffffffffff', '*(u32 *)(r10 -8) = -1'],
  [asm.atomicAdd(8, 1, 0, 2), 'db21000000000000', 'lock *(u64 *)(r1 +0) += r2'],
  [asm.atomicAdd(4, 1, 8, 2, true), 'c321080001000000', 'r2 = atomic_fetch_add((u32 *)(r1 +8), r2)'],
  [asm.atomicOr(8, 1, 0, 2), 'db21000040000000', 'lock *(u64 *)(r1 +0) |= r2'],
  [asm.atomicAnd(8, 1, 0, 2, true), 'db21000051000000', 'r2 = atomic64_fetch_and((u64 *)(r1 +0), r2)'],
  [asm.atomicXor(8, 1, 0, 2), 'db210000a0000000', 'lock *(u64 *)(r1 +0) ^= r2'],
  [asm.xchg(8, 1, 0, 2), 'db210000e1000000', 'r2 = atomic64_xchg((u64 *)(r1 +0), r2)'],
  [asm.cmpxchg(4, 1, 0, 2), 'c3210000f1000000', 'r0 = atomic_cmpxchg((u32 *)(r1 +0), r0, r2)'],
  [asm.loadImm64(1, 0x1122334455667788n), '1801000088776655 0000000044332211', 'r1 = 0x1122334455667788'],
  [asm.loadImm64(1, -1n), '18010000ffffffff 00000000ffffffff', 'r1 = 0xffffffffffffffff'],
  [asm.loadMap(1, 'm'), '1811000000000000 0000000000000000', 'r1 = map[m]'],
  [asm.loadMapValue(1, 'm', 24), '1821000000000000 0000000018000000', 'r1 = map[m][0]+24'],
  [asm.callHelper(1), '8500000001000000', 'call bpf_map_lookup_elem#1'],
  [asm.callHelper('bpf_ringbuf_output'), '8500000082000000', 'call bpf_ringbuf_output#130'],
  [asm.callKfunc('bpf_iter_num_new'), '8520000000000000', 'call bpf_iter_num_new#0'],
  [asm.nop(), '0500000000000000', 'goto +0'],
  [asm.exit(), '9500000000000000', 'exit'],
];

const JUMP_CASES: [Instruction, string, string][] = [
  [asm.ja('x'), '0500010000000000', 'goto +1'],
  [asm.mayGoto('x'), 'e500010000000000', 'may_goto +1'],
  [asm.JEq.imm(1, 0, 'x'), '1501010000000000', 'if r1 == 0x0 goto +1'],
  [asm.JEq.reg(1, 2, 'x'), '1d21010000000000', 'if r1 == r2 goto +1'],
  [asm.JEq.imm32(1, 0xffffffff, 'x'), '16010100ffffffff', 'if w1 == 0xffffffff goto +1'],
  [asm.JEq.reg32(1, 2, 'x'), '1e21010000000000', 'if w1 == w2 goto +1'],
  [asm.JNe.imm(1, 0, 'x'), '5501010000000000', 'if r1 != 0x0 goto +1'],
  [asm.JGt.imm(1, 9, 'x'), '2501010009000000', 'if r1 > 0x9 goto +1'],
  [asm.JGe.imm(1, 9, 'x'), '3501010009000000', 'if r1 >= 0x9 goto +1'],
  [asm.JLt.imm(1, 9, 'x'), 'a501010009000000', 'if r1 < 0x9 goto +1'],
  [asm.JLe.imm(1, 9, 'x'), 'b501010009000000', 'if r1 <= 0x9 goto +1'],
  [asm.JSGt.imm(1, -1, 'x'), '65010100ffffffff', 'if r1 s> 0xffffffff goto +1'],
  [asm.JSGe.reg(1, 2, 'x'), '7d21010000000000', 'if r1 s>= r2 goto +1'],
  [asm.JSLt.imm32(1, 0, 'x'), 'c601010000000000', 'if w1 s< 0x0 goto +1'],
  [asm.JSLe.reg32(1, 2, 'x'), 'de21010000000000', 'if w1 s<= w2 goto +1'],
  [asm.JSet.imm(1, 4, 'x'), '4501010004000000', 'if r1 & 0x4 goto +1'],
];

describe('builder', () => {
  it.each(CASES)('$2 <- %#', (insn, encoding, text) => {
    expect(hexOf(insn)).toBe(encoding);
    const { code, references } = asm.assemble([insn]);
    expect(asm.disassemble(code, { references })).toEqual([text]);
  });

  it.each(JUMP_CASES)('$2 <- %#', (insn, encoding, text) => {
    const program = [insn, asm.nop(), asm.label('x', asm.exit())];
    expect(hexOf(...program).split(' ')[0]).toBe(encoding);
    expect(asm.disassemble(asm.assemble(program).code)[0]).toBe(text);
    expect(asm.formatInstruction(insn)).toBe(text.replace('+1', 'x'));
  });

  it.each([
    () => asm.Mov.imm(0, 0xffffffff),
    () => asm.Mov.imm32(0, 0x100000000),
    () => asm.Mov.imm(0, 1.5),
    () => asm.load(8, 0, 1, 0x8000),
    () => asm.storeImm(8, 0, 0, 0x80000000),
    () => asm.loadImm64(0, 1n << 64n),
    () => asm.JEq.imm(0, Number.NaN, 'x'),
  ])('refuses fields out of range: %s', (build) => {
    expect(build).toThrow(RangeError);
  });

  it('keeps a label from being replaced', () => {
    const once = asm.label('a', asm.exit());
    expect(asm.label('a', once)).toEqual(once);
    expect(() => asm.label('b', once)).toThrow('already labelled "a"');
  });

  it('encodes big endian', () => {
    const { code } = asm.assemble([asm.load(8, 1, 10, -8)], { endianness: 'big' });
    expect(Buffer.from(code).toString('hex')).toBe('791afff800000000');
    expect(asm.disassemble(code, { endianness: 'big' })).toEqual(['r1 = *(u64 *)(r10 -8)']);
  });
});

describe('helpers', () => {
  it('numbers them as the kernel does', () => {
    expect(asm.helperNames).toHaveLength(211);
    expect(asm.helperId.bpf_get_attach_cookie).toBe(174);
    expect(asm.helperId.bpf_loop).toBe(181);
    expect(asm.helperId.bpf_cgrp_storage_delete).toBe(211);
    expect(asm.helperName(113)).toBe('bpf_probe_read_kernel');
    expect(asm.helperName(0)).toBeUndefined();
    expect(asm.helperName(212)).toBeUndefined();
  });
});
