/** From a checked program and the probes it matched to a `TraceImage`. Pure: touches no kernel. */
import type { CheckedClause } from '../language/checked.js';
import type { ProbeArguments } from '../probes/probe.js';
import type { SiteLayout } from '../probes/site-layout.js';
import { recordsData } from './actions.js';
import type { BufferImage, ProbeImage, TraceImage } from './image.js';
import type { ResolvedProbe } from './input.js';
import type { CompileInput } from './options.js';
import { buildProgram, type EnabledClause, type ProgramGroup } from './program.js';
import { refuse } from './refusals.js';
import { checkRequirements } from './requirements.js';
import { MAP, Unit } from './unit.js';
import { forEachExpr, forEachStatement } from './walk.js';

interface Draft {
  readonly key: string;
  readonly probes: ResolvedProbe[];
  readonly index: Map<number, number>;
  readonly clauses: { readonly clause: CheckedClause; readonly epid: number; readonly probes: Set<number> }[];
}

/** Bytes a per-CPU map's value may have. */
const LARGEST_CPU_VALUE = 32 * 1024;

export function compile(input: CompileInput): TraceImage {
  checkRequirements(input);
  const unit = new Unit(input);
  const image = compileInto(unit, input);
  if (unit.scratchBytes <= LARGEST_CPU_VALUE) return image;
  const again = new Unit(input);
  again.sharedScratch = true;
  return compileInto(again, input);
}

function compileInto(unit: Unit, input: CompileInput): TraceImage {
  const anywhere = (has: (layout: SiteLayout) => boolean | undefined): boolean =>
    input.matches.some((probes) => probes.some(({ probe }) => has(input.layout(probe.site))));
  unit.neverNests = anywhere(({ insideLocks }) => insideLocks);
  unit.preallocates = unit.neverNests || anywhere(({ mustNotAllocate }) => mustNotAllocate);
  unit.threadStorage = !unit.preallocates && canUseTaskStorage(input);
  const epids = input.program.clauses.map((clause) => unit.addRecord(describe(clause)));
  // Numbered by the program and not by its probes: images for further probes agree with the first.
  for (const clause of input.program.clauses) {
    forEachStatement(clause, (stmt) => {
      if (stmt.kind === 'action' && recordsData(stmt) && !clause.body.includes(stmt)) unit.nestedRecord(stmt);
    });
  }
  const errorClauses: ProgramGroup['errorClauses'][number][] = [];
  const drafts = new Map<string, Draft>();
  const numbers = new Map<ProbeArguments | readonly string[], number>();

  input.program.clauses.forEach((clause, c) => {
    const epid = epids[c]!;
    for (const probe of input.matches[c] ?? []) {
      const { site } = probe.probe;
      if (site.kind === 'self' && 'phase' in site && site.phase === 'error') {
        errorClauses.push({ clause, epid, probe });
        continue;
      }
      const key = groupKey(input, probe, numbers);
      const draft = findDraft(drafts, key);
      let index = draft.index.get(probe.id);
      if (index === undefined) {
        index = draft.probes.push(probe) - 1;
        draft.index.set(probe.id, index);
      }
      const last = draft.clauses.at(-1);
      if (last?.clause === clause) last.probes.add(index);
      else draft.clauses.push({ clause, epid, probes: new Set([index]) });
    }
  });

  const programs = [...drafts.values()].flatMap((draft) => {
    const [first] = draft.probes;
    if (!first) return [];
    const layout = input.layout(first.probe.site);
    return splitClauses(unit, draft.clauses).map((clauses) =>
      buildProgram(unit, {
        kind: first.probe.site.kind,
        layout,
        probes: draft.probes,
        clauses,
        errorClauses,
      }),
    );
  });
  if (input.extensible) unit.usesRings = true;
  return {
    maps: unit.finish(),
    programs,
    probes: probeTable(input),
    records: unit.records,
    aggregations: unit.aggregations,
    sources: unit.sources,
    layout: unit.state,
    buffers: bufferImage(unit, input),
    clocks: [...unit.clocks].sort(),
  };
}

function bufferImage(unit: Unit, { program, matches, options }: CompileInput): BufferImage {
  const isEnd = ({ probe: { site } }: ResolvedProbe) =>
    site.kind === 'self' && 'phase' in site && site.phase === 'end';
  const charges = program.clauses.map((_, c) =>
    matches[c]?.some(isEnd) ? (unit.records[c]?.charge ?? 0) : 0,
  );
  return {
    policy: options.bufpolicy,
    size: options.bufsize,
    end: Math.max(0, ...charges),
    ...(unit.usesRings && unit.countsBuffers && { counted: MAP.buffers }),
  };
}

function findDraft(drafts: Map<string, Draft>, key: string): Draft {
  let draft = drafts.get(key);
  if (!draft) {
    draft = { key, probes: [], index: new Map(), clauses: [] };
    drafts.set(key, draft);
  }
  return draft;
}

/**
 * Probes share a program when they are at one place and scripts see the same things in the same way there. The
 * types of args[] matter only to clauses that use them, and the checker saw to it that those agree.
 */
function groupKey(
  input: CompileInput,
  { probe, id }: ResolvedProbe,
  numbers: Map<ProbeArguments | readonly string[], number>,
): string {
  const identity = (value: ProbeArguments | readonly string[]) => {
    let number = numbers.get(value);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(value, number);
    }
    return number;
  };
  const selected = 'select' in probe.site && probe.site.select !== undefined;
  const { group, cookies } = input.layout(probe.site);
  // Sites that are told apart neither by a value nor by a cookie are told apart by their program.
  const place = selected || cookies ? group : `${group}#${id}`;
  const seen = identity(probe.arguments.raw ?? probe.arguments);
  return `${probe.site.kind}|${place}|${probe.site.guard ?? ''}|${seen}`;
}

/** Maps one program may use, less those that many programs share. */
const MOST_MAPS = 64 - 12;

/**
 * The kernel bounds the maps of one program: clauses beyond that go into further programs at the same place, which
 * run in the order they are attached in. Clause-local variables do not reach from one to the next.
 */
function splitClauses(unit: Unit, clauses: readonly EnabledClause[]): EnabledClause[][] {
  const parts: EnabledClause[][] = [];
  let maps = new Set<unknown>();
  for (const clause of clauses) {
    const own = mapsOf(unit, clause.clause);
    if (own.size > MOST_MAPS)
      refuse('program.maps', clause.clause.span, { count: own.size, limit: MOST_MAPS });
    const together = new Set([...maps, ...own]);
    const part = parts.at(-1);
    if (part && together.size <= MOST_MAPS) {
      part.push(clause);
      maps = together;
    } else {
      parts.push([clause]);
      maps = own;
    }
  }
  return parts;
}

/** The maps of a clause's associative arrays and aggregations. */
function mapsOf(unit: Unit, clause: CheckedClause): Set<unknown> {
  const maps = new Set<unknown>();
  forEachExpr(clause, (expr) => {
    if (expr.kind === 'element') maps.add(`array ${expr.variable.id}`);
  });
  forEachStatement(clause, (stmt) => {
    if (stmt.kind === 'aggregate') maps.add(unit.aggregation(stmt.aggregation).map);
  });
  return maps;
}

function describe(clause: CheckedClause): string {
  const { description: d } = clause;
  return d.kind === 'probe-id' ? String(d.id) : `${d.provider}:${d.module}:${d.function}:${d.name}`;
}

function probeTable(input: CompileInput): Map<number, ProbeImage> {
  const table = new Map<number, ProbeImage>();
  for (const probes of input.matches) {
    for (const { id, probe } of probes) {
      const { provider, module, name } = probe;
      table.set(id, { id, provider, module, function: probe.function, name });
    }
  }
  return table;
}

/** Thread-local variables use task storage when every program type that touches them may. */
function canUseTaskStorage(input: CompileInput): boolean {
  return input.program.clauses.every((clause, c) => {
    let touches = false;
    forEachExpr(clause, (expr) => {
      touches ||= expr.kind === 'variable' && expr.variable.scope === 'self';
    });
    if (!touches) return true;
    return (input.matches[c] ?? []).every(({ probe }) =>
      input.has(`task_storage_${input.layout(probe.site).programType}`),
    );
  });
}
