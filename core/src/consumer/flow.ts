/** -F: entries and returns drawn as arrows, indented by how deep the CPU's calls are. */
import type { ProbeRecord } from './values.js';

interface Depth {
  indent: number;
  probe: number;
  epid: number;
}

export class Flow {
  readonly #cpus = new Map<number, Depth>();

  line({ probe, cpu, epid }: ProbeRecord): string {
    const depth = this.#depth(cpu);
    const kind = this.#kind(probe.name, depth, probe.id, epid);
    depth.probe = probe.id;
    depth.epid = epid;
    if (kind === 'return') depth.indent = Math.max(depth.indent - 2, 0);
    const margin = ' '.repeat(depth.indent);
    if (kind === undefined) return `${margin}| ${probe.function}:${probe.name}`;
    if (kind === 'entry') depth.indent += 2;
    const line = probe.provider === 'syscall' ? '=' : '-';
    return `${margin}${kind === 'entry' ? ` ${line}> ` : ` <${line} `}${probe.function}`;
  }

  /** A second clause on the same entry is no second call. */
  #kind(name: string, last: Depth, probe: number, epid: number): 'entry' | 'return' | undefined {
    if (/(^|-)return$/.test(name)) return 'return';
    if (!/(^|-)entry$/.test(name)) return undefined;
    return probe === last.probe && epid !== last.epid ? undefined : 'entry';
  }

  #depth(cpu: number): Depth {
    let depth = this.#cpus.get(cpu);
    if (!depth) {
      depth = { indent: 0, probe: -1, epid: -1 };
      this.#cpus.set(cpu, depth);
    }
    return depth;
  }
}
