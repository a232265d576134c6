/**
 * What args[] of kernel functions lead to is what lies there by another reading of the kernel's types. Functions are drawn
 * at random, and compared as far as they are called.
 */
import { readFileSync } from 'node:fs';
import { hasFeature } from 'ebpf-napi';
import { expect, test } from 'vitest';
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import fbt from '../../../providers/fbt/src/index.js';
import { type Deed, diskFolder, perform } from '../../../test/workloads/index.js';
import { DTrace, LocalHost } from '../../src/index.js';
import { AttachRefused } from '../../src/session/site-kinds/refused-functions.js';
import { RawBtf } from './raw-btf.js';

const engine = new DTrace(new LocalHost(), [dtraceProvider, fbt]);
/** By fentry each takes a program of its own, and up to a second to attach and detach on an emulated processor. */
const WANTED: Readonly<Record<string, number>> = { fentry: 15, kprobe_multi: 50 };

/** Functions that the work below is likely to come by, and no lock or clock among them. */
const LIKELY =
  /^(vfs_|ext4_|tcp_|udp_|ip_|sock_|inet_|dput|d_|path_|do_|security_|filemap_|exec_|mm_|mmap|vma_|copy_|wake_up_new|task_|proc_|pipe_|generic_|file_|fput|inode_|iput|skb_|lookup_|link_path|anon_|folio_|page_|user_|__fput|alloc_|free_)/;
/** Members that D has other uses for. */
const KEYWORDS = /\b(self|this|string|inline|translator|provider|import|xlate|offsetof|probe)\b/;
const UNLIKELY = /lock|nmi|trace|rcu|idle|irq|clock|timer/;

interface Chain {
  readonly function: string;
  readonly typed: string;
  readonly raw: string;
  readonly guard: string;
  readonly size: number;
}

const pick = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)]!;
const isAddress = (text: string) => `(${text}) > 0xffff800000000000 && (${text}) < 0xfffffffffffff000`;

function candidates(): readonly Chain[] {
  const btf = new RawBtf();
  const listed = readFileSync('/sys/kernel/tracing/available_filter_functions', 'latin1').split('\n');
  const times = new Map<string, number>();
  for (const name of listed) times.set(name, (times.get(name) ?? 0) + 1);
  return btf.functions(6).flatMap(({ name, pointers }) => {
    if (!LIKELY.test(name) || UNLIKELY.test(name) || times.get(name) !== 1) return [];
    const { index, record } = pick(pointers);
    const leaf = btf.leaf(record, 2, pick);
    if (leaf === undefined || KEYWORDS.test(leaf.path)) return [];
    const hops: string[] = [`arg${index}`];
    for (const offset of leaf.offsets) hops.push(`*(uint64_t *)((${hops.at(-1)}) + ${offset})`);
    const last = leaf.offsets.at(-1);
    return {
      function: name,
      typed: `args[${index}]${leaf.path}`,
      raw: `*(uint${8 * leaf.size}_t *)((${hops.at(-2)}) + ${last})`,
      guard: hops.slice(0, -1).map(isAddress).join(' && '),
      size: leaf.size,
    };
  });
}

/** Read twice by the types, before and after the other reading: what changes meanwhile says nothing. */
function clause({ function: name, typed, raw, guard, size }: Chain): string {
  const cut = size === 8 ? '' : ` & ${2 ** (8 * size) - 1}`;
  return `fbt::${name}:entry /${guard}/ {
    this->before = (uint64_t)(${typed})${cut};
    this->raw = (uint64_t)(${raw});
    this->after = (uint64_t)(${typed})${cut};
    @["${name}", "${typed}", this->before != this->after ? "moved" : this->raw == this->after ? "same" : "other"] = count();
  }`;
}

const folder = diskFolder();
const WORK: readonly Deed[] = [
  ['files', folder],
  ['tcp'],
  ['udp'],
  ['exec'],
  ['memory'],
  ['write-cached', `${folder}/file`],
];

/** One draw: which chains were the same and which were not. */
async function compare(chains: readonly Chain[], means: string) {
  const compiled = engine.compile(chains.map(clause).join('\n'), {
    options: [
      ['quiet', undefined],
      ['fbtbackend', means],
    ],
  });
  const session = engine.session(compiled);
  await session.start();
  try {
    for (const deed of WORK) await perform(deed);
  } finally {
    await session.stop();
  }
  return session.aggregations().flatMap(({ rows }) => rows.map(({ key }) => key.map(String)));
}

/** Functions that a means cannot reach are not for it; some are unsafe to probe at all. */
function reached(chain: Chain, means: string): boolean {
  if ([...engine.probes(`fbt::${chain.function}:entry`)].length === 0) return false;
  try {
    engine.compile(clause(chain), { options: [['fbtbackend', means]] });
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('cannot be probed by')) return false;
    throw error;
  }
}

for (const means of ['fentry', 'kprobe_multi']) {
  test.skipIf(!hasFeature(means))(`chains behind arguments, by ${means}`, async () => {
    const all = candidates();
    const same = new Set<string>();
    const other: string[] = [];
    const alone = means === 'fentry';
    while (same.size < WANTED[means]!) {
      const drawn = new Map(
        Array.from({ length: alone ? 40 : 100 }, () => pick(all)).map((c) => [c.function, c]),
      );
      const chains = [...drawn.values()].filter(
        (chain) => !same.has(chain.function) && reached(chain, means),
      );
      try {
        for (const [name, typed, how] of await compare(chains, means)) {
          if (how === 'same') same.add(name!);
          if (how === 'other') other.push(`${name} ${typed}`);
        }
      } catch (error) {
        // What the kernel keeps to itself after all; others are drawn.
        if (!(error instanceof AttachRefused)) throw error;
      }
      expect(other).toEqual([]);
    }
  });
}
