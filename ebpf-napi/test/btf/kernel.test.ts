import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helperId, helperNames } from '../../src/asm/index.js';
import { Btf, BtfBuilder, BtfError, formatDeclaration, KernelBtf } from '../../src/btf/index.js';

describe('KernelBtf', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'btf-'));
    const below = new BtfBuilder();
    const int = below.int('int', 4, true);
    writeFileSync(join(directory, 'vmlinux'), below.build());
    const above = new BtfBuilder(new Btf(below.build()));
    above.add({ kind: 'typedef', name: 'count_t', type: int });
    writeFileSync(join(directory, 'ext4'), above.build());
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('reads modules on top of vmlinux', () => {
    const kernel = KernelBtf.load(join(directory, 'vmlinux'));
    expect(kernel.modules()).toEqual(['ext4']);
    const module = kernel.module('ext4');
    expect(kernel.module('ext4')).toBe(module);
    expect(module.sizeof(module.findId('typedef', 'count_t')!)).toBe(4);
    expect(module.findId('int', 'int')).toBe(kernel.findId('int', 'int'));
    expect([...module.names('int')]).toEqual([]);
  });

  it('finds a type wherever it is', () => {
    const kernel = KernelBtf.load(join(directory, 'vmlinux'));
    expect(kernel.find('int', 'int')).toEqual({ btf: kernel.vmlinux, id: 1 });
    expect(kernel.find('typedef', 'count_t')).toEqual({ btf: kernel.module('ext4'), id: 2, module: 'ext4' });
    expect(kernel.find('typedef', 'absent')).toBeUndefined();
  });

  it('says clearly what is missing', () => {
    const kernel = KernelBtf.load(join(directory, 'vmlinux'));
    expect(() => kernel.module('nfs')).toThrow('module nfs has no BTF or is not loaded');
    expect(() => kernel.module('../x')).toThrow(BtfError);
    const load = () => KernelBtf.load(join(directory, 'absent'));
    expect(load).toThrow(BtfError);
    expect(load).toThrow(/does not exist; the kernel is built without CONFIG_DEBUG_INFO_BTF/);
  });
});

describe.skipIf(!existsSync('/sys/kernel/btf/vmlinux'))('the running kernel', () => {
  const kernel = existsSync('/sys/kernel/btf/vmlinux') ? KernelBtf.load() : undefined;
  const btf = () => kernel!.vmlinux;

  it('has task_struct with its members', () => {
    const task = btf().type(btf().findId('struct', 'task_struct')!);
    if (task.kind !== 'struct') throw new Error('task_struct is no struct');
    const pid = task.members.find(({ name }) => name === 'pid')!;
    expect(formatDeclaration(btf(), pid.type, pid.name)).toBe('pid_t pid');
    expect(btf().resolve(pid.type)).toMatchObject({ kind: 'int', size: 4, signed: true });
    const tgid = task.members.find(({ name }) => name === 'tgid')!;
    expect(tgid.bitOffset).toBe(pid.bitOffset + 32);
    expect(pid.bitOffset).toBeLessThan(task.size * 8);
    const comm = task.members.find(({ name }) => name === 'comm')!;
    expect(btf().sizeof(comm.type)).toBe(16);
  });

  it('has function prototypes', () => {
    const proto = btf().funcProto('vfs_read')!;
    expect(formatDeclaration(btf(), proto.id, 'vfs_read')).toMatch(
      /^ssize_t vfs_read\(struct file \*\w+, char \*\w+, size_t \w+, loff_t \*\w+\)$/,
    );
    expect([...btf().names('func')]).toContain('vfs_read');
  });

  it('numbers helpers as the assembler does', () => {
    const id = btf().findId('enum', 'bpf_func_id');
    if (id === undefined) return;
    const type = btf().type(id);
    if (type.kind !== 'enum') throw new Error('bpf_func_id is no enum');
    const known = type.values
      .filter(({ name }) => /^BPF_FUNC_/.test(name) && name !== 'BPF_FUNC_unspec')
      .map(({ name, value }) => [name.replace('BPF_FUNC_', 'bpf_'), value]);
    // An older kernel has fewer, never other numbers.
    const ours = helperNames.map((name) => [name, helperId[name]]);
    expect(ours.slice(0, known.length)).toEqual(known);
  });

  it('materialises and resolves every type', () => {
    for (let id = 1; id < btf().endId; id++) {
      btf().type(id);
      btf().sizeof(id);
    }
    expect(btf().endId).toBeGreaterThan(10_000);
  });
});
