import type { IntegerType } from '../../language/types.js';
import type { UprobeSite } from '../site.js';
import type { LayoutContext, SiteArgument, SiteDescriber } from '../site-layout.js';

const UNSIGNED_LONG: IntegerType = { kind: 'integer', name: 'unsigned long', size: 8, signed: false };
const UNSIGNED_INT: IntegerType = { kind: 'integer', name: 'unsigned int', size: 4, signed: false };
const WORD = 8;

/** Words of `struct pt_regs` that are registers of the process. */
const REGISTERS: Readonly<Record<LayoutContext['arch'], number>> = { x64: 21, arm64: 34 };

const VALUE: SiteArgument = { type: UNSIGNED_INT, offset: 0, size: 4, cookie: true };

function registers(arch: LayoutContext['arch']): SiteArgument[] {
  return Array.from({ length: REGISTERS[arch] }, (_, i) => ({
    type: UNSIGNED_LONG,
    offset: i * WORD,
    size: WORD,
  }));
}

/** So many facts of a site, and the registers that they number. */
function factArguments(count: number): SiteArgument[] {
  const word = { type: UNSIGNED_LONG, offset: 0, size: WORD } as const;
  return [
    ...Array.from({ length: count }, (_, fact): SiteArgument => ({ ...word, fact })),
    ...Array.from({ length: count }, (_, registerOfFact): SiteArgument => ({ ...word, registerOfFact })),
  ];
}

const known = new Map<string, readonly SiteArgument[]>();

/** What every place in user code carries. Sites are many, and their lists alike. */
export function placeArguments(
  arch: LayoutContext['arch'],
  facts: readonly bigint[] = [],
): readonly SiteArgument[] {
  const key = `${arch} ${facts.length}`;
  let found = known.get(key);
  if (found === undefined) {
    found = [VALUE, ...registers(arch), ...factArguments(facts.length)];
    known.set(key, found);
  }
  return found;
}

export const uprobeDescriber: SiteDescriber = {
  kind: 'uprobe',
  layout(base, { arch, has }) {
    const { onReturn = false, guard = '', facts } = base as UprobeSite;
    return {
      group: ['uprobe', onReturn ? 'return' : 'entry', facts?.length ?? 0, guard].join(':'),
      programType: 'kprobe',
      ...(has('uprobe_multi') && { expectedAttach: 'trace_uprobe_multi' }),
      // Without cookies each probe has a program of its own, and places carry nothing.
      cookies: has('perf_cookie'),
      placeValues: true,
      args: placeArguments(arch, facts),
      registers: { offset: 0 },
    };
  },
};
