/** One BPF program: the clauses of a group of probes that share a place, in the order written. */
import { FARTHEST_JUMP, type Instruction, needsLongJumps } from 'ebpf-napi/asm';
import type { CheckedClause, Expr } from '../language/checked.js';
import type { Span } from '../language/source.js';
import { resolve } from '../language/types/queries.js';
import { formatProbeName, type ProbeName } from '../probes/probe.js';
import type { ProbeSite } from '../probes/site.js';
import type { SiteLayout } from '../probes/site-layout.js';
import { branchIf } from './branching.js';
import { now } from './builtins.js';
import { writeClause } from './clause.js';
import { Code, FAULT_INFO, Level } from './code.js';
import { evaluate, inRegister } from './expression.js';
import { Heap } from './heap.js';
import { FAULT_RECORD, type ProgramImage } from './image.js';
import type { ResolvedProbe } from './input.js';
import { FrameError, MAX_FRAME } from './ir/allocate.js';
import { emitProgram } from './ir/emit.js';
import { type Imm, imm, type StackRef, type V } from './ir/ir.js';
import { attachCookie, COOKIE_BITS, type ProgramMapping, probeMapping, siteMapping } from './mapping.js';
import { leaveUnlessOwned, runsForAll } from './own-processes.js';
import { sendRecord } from './record.js';
import { refuse } from './refusals.js';
import { MAP, STATE, type Unit } from './unit.js';
import { forEachExpr, forEachWithin, hasStatement } from './walk.js';

/** A clause as enabled in one program: which of the program's probes it is for. */
export interface EnabledClause {
  readonly clause: CheckedClause;
  readonly epid: number;
  /** Indexes into the group's probes. */
  readonly probes: ReadonlySet<number>;
}

export interface ProgramGroup {
  readonly kind: string;
  readonly layout: SiteLayout;
  readonly probes: readonly ResolvedProbe[];
  readonly clauses: readonly EnabledClause[];
  /** Clauses of the ERROR probe: they run in whatever program a fault happens. */
  readonly errorClauses: readonly {
    readonly clause: CheckedClause;
    readonly epid: number;
    readonly probe: ResolvedProbe;
  }[];
}

export function buildProgram(unit: Unit, group: ProgramGroup): ProgramImage {
  const { layout, probes } = group;
  const first = probes[0]!;
  const name = unit.nextProgramName(`${first.probe.provider}_${first.probe.function || first.probe.name}`);
  const { span } = group.clauses[0]!.clause;
  const check = (text: string) => unit.input.checkSiteExpression(text, layout);
  const mapping = mappingOf(unit, first);
  const names: ProbeName[] = probes.map((p) => p.probe);
  const write = (level: Level): readonly Instruction[] => {
    const code = new Code(unit, layout, mapping, name, names, level);
    const { site } = first.probe;
    code.isEnd = site.kind === 'self' && 'phase' in site && site.phase === 'end';
    // Claiming scratch memory is what keeps programs apart.
    if (unit.neverNests) code.scratchOffset(8);
    reserveVariables(code, group, check);
    code.heap = new Heap(code, clausesOf(group));
    const start = code.b.body.length;
    const run = new ProgramRun(code, group, check);
    run.write();
    code.openScratch(start);
    code.b.insertAt(start, () => run.writeEntry());
    if (code.usesRings) unit.usesRings = true;
    return emitProgram(code.b.finish([code.ctx]));
  };
  const instructions = inOneFrame(
    write,
    isLarge(group) || callsTurns(unit, group) ? Level.careful : Level.free,
    span,
  );
  if (!unit.input.has('cpu_v4') && needsLongJumps(instructions)) {
    const values = { probe: formatProbeName(first.probe), count: instructions.length, limit: FARTHEST_JUMP };
    refuse('program.jumps', span, values);
  }
  return {
    name,
    kind: group.kind,
    type: layout.programType,
    ...(layout.expectedAttach === undefined ? {} : { expectedAttach: layout.expectedAttach }),
    ...(layout.attachTo === undefined ? {} : { attachTo: layout.attachTo }),
    ...(layout.attachModule === undefined ? {} : { attachModule: layout.attachModule }),
    instructions,
    sites: probes.map(({ id, probe }, index) => ({
      probe: id,
      site: probe.site,
      ...(readsCookie(group) && { cookie: cookieOf(layout, id, index) }),
    })),
  };
}

function mappingOf(unit: Unit, { probe }: ResolvedProbe): ProgramMapping {
  const layout = unit.input.layout(probe.site);
  return probeMapping(layout, probe.arguments, (text) => unit.input.checkSiteExpression(text, layout));
}

/** A program for one probe knows which it is. */
const readsCookie = ({ layout, probes }: ProgramGroup): boolean =>
  layout.cookies === true && probes.length > 1;

/** Which probe fired: its number in the program, and below it its id where no value of the place is to be there. */
const cookieOf = ({ placeValues = false }: SiteLayout, id: number, index: number): bigint =>
  (BigInt(index) << BigInt(COOKIE_BITS)) | (placeValues ? 0n : BigInt(id));

/** As freely as the stack frame allows. */
function inOneFrame(
  write: (level: Level) => readonly Instruction[],
  first: Level,
  span: Span,
): readonly Instruction[] {
  try {
    return write(first);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    if (first === Level.frugal) refuse('program.frame', span, { bytes: error.bytes, limit: MAX_FRAME });
    return inOneFrame(write, first === Level.free ? Level.careful : Level.frugal, span);
  }
}

const FORKS: ReadonlySet<Expr['kind']> = new Set([
  'comparison',
  'logical',
  'conditional',
  'element',
  'call',
  'load',
]);
const MANY_FORKS = 40;

/** Whether the program has so many branches that the verifier must not follow values through all of them. */
function isLarge(group: ProgramGroup): boolean {
  let forks = 0;
  for (const clause of clausesOf(group)) {
    forEachExpr(clause, (expr) => {
      if (FORKS.has(expr.kind)) forks++;
    });
  }
  return forks > MANY_FORKS;
}

/** Whether loops become functions of their own: variables they change must then be in memory. */
function callsTurns({ input }: Unit, group: ProgramGroup): boolean {
  if (!input.has('bpf_loop')) return false;
  return clausesOf(group).some((clause) => hasStatement(clause, ({ kind }) => kind === 'loop'));
}

const clausesOf = (group: ProgramGroup): CheckedClause[] =>
  [...group.clauses, ...group.errorClauses].map(({ clause }) => clause);

/** Clause-local strings and records get their space before any temporary does; arguments may use some of their own. */
function reserveVariables(code: Code, group: ProgramGroup, check: (text: string) => Expr): void {
  const reserve = (expr: Expr): void => {
    if (expr.kind !== 'variable' || expr.variable.scope !== 'this') return;
    const { kind } = resolve(expr.variable.type);
    const scalar = kind === 'integer' || kind === 'enum' || kind === 'pointer';
    if (scalar && code.level === Level.free) return;
    const home = code.unit.home(expr.variable);
    code.reserve(expr.variable, home.size);
  };
  const { args } = group.probes[0]!.probe.arguments;
  for (const clause of clausesOf(group)) {
    forEachExpr(clause, (expr) => {
      reserve(expr);
      const value = expr.kind === 'probe-arg' ? args[expr.index]?.value : undefined;
      if (value?.includes('this->')) forEachWithin(check(value), reserve);
    });
  }
}

const PHASE_TRACING = 1;
const PHASE_STOPPING = 2;

const callsExit = (clause: CheckedClause): boolean =>
  hasStatement(clause, (stmt) => stmt.kind === 'action' && stmt.name === 'exit');

class ProgramRun {
  /** The table entry of the probe that fired. Its bit k: clause k is enabled. */
  private enabled: V | undefined;

  constructor(
    private readonly code: Code,
    private readonly group: ProgramGroup,
    private readonly check: (text: string) => ReturnType<Unit['input']['checkSiteExpression']>,
  ) {}

  /** Runs before anything else, scratch space included: leave early where there is nothing to do. */
  writeEntry(): void {
    const { code } = this;
    for (const v of code.programVariables.values()) code.b.assign(v, imm(0));
    if (this.group.kind === 'self') return;
    this.leaveOtherCpus();
    const phase = code.b.load(4, code.b.move({ map: MAP.state, value: STATE.phase }), 0);
    const tracing = code.b.newLabel('tracing');
    code.b.branch('==', phase, imm(PHASE_TRACING), tracing);
    code.b.exit(imm(0));
    code.b.label(tracing);
  }

  write(): void {
    const { code } = this;
    const site = siteMapping(this.group.layout);
    code.withMapping(site, () => {
      this.writeGuard();
      this.writeSelect();
    });
    const { owner } = code.unit.input;
    if (owner !== undefined && !runsForAll(this.group.probes[0]!.probe.site)) leaveUnlessOwned(code, owner);
    for (const enabled of this.group.clauses) this.writeEnabled(enabled);
    code.b.label(code.done);
    code.closeScratch();
    code.b.exit(imm(0));
  }

  private writeGuard(): void {
    const { code } = this;
    const guard = this.group.probes[0]!.probe.site.guard;
    if (guard === undefined) return;
    branchIf(code, this.check(guard), false, code.done);
  }

  /** Which probe fired: a constant for one, else told by the site's cookie or looked up by the selecting value. */
  private writeSelect(): void {
    const { code, group } = this;
    if (readsCookie(group)) {
      this.readCookie();
      return;
    }
    const [only] = group.probes;
    code.facts = only!.probe.site.facts ?? [];
    const selects = group.probes.map((p) => selectOf(p.probe.site));
    const on = selects[0]?.on;
    if (on === undefined) {
      code.probeId = imm(only!.id);
      return;
    }
    const selector = inRegister(code, evaluate(code, this.check(on)));
    if (group.probes.length === 1) {
      code.b.branch('!=', selector, imm(selects[0]!.value), code.done);
      code.probeId = imm(only!.id);
      return;
    }
    const entry = this.lookUp(
      selector,
      selects.map((s) => s!.value),
    );
    code.probeId = code.b.load(4, entry, ENTRY.id);
    code.b.branch('==', code.probeId, imm(0), code.done);
    this.enabled = enablesAll(group) ? undefined : entry;
    code.probeIndex = code.b.load(4, entry, ENTRY.index);
  }

  /** The table is asked only where some clause is not for every probe, or the cookie has no room for the id. */
  private readCookie(): void {
    const { code, group } = this;
    const cookie = attachCookie(code);
    code.probeIndex = code.b.alu('rsh', cookie, imm(COOKIE_BITS));
    const { placeValues = false } = group.layout;
    const all = enablesAll(group);
    const needed = placeValues || factsOf(group) > 0;
    const entry = all && !needed ? undefined : this.lookUp(code.probeIndex, [...group.probes.keys()]);
    if (!all) this.enabled = entry;
    if (entry !== undefined) code.facts = { entry, offset: factsAt(group) };
    code.probeId =
      entry !== undefined && placeValues
        ? code.b.load(4, entry, ENTRY.id)
        : code.b.alu('and', cookie, imm(0xffffffffn));
  }

  /** The entry of a table over the probes' selecting values; leaves where the value is beyond them all. */
  private lookUp(selector: V, values: readonly number[]): V {
    const { code, group } = this;
    const { bytes, entries, most } = selectTable(group, values);
    const base = code.unit.constants.add(bytes);
    code.b.branch('>=', selector, imm(entries), code.done);
    const table = code.b.move({ map: MAP.constants, value: base });
    // Of a value that comes back from the stack, older verifiers have forgotten what it was compared with.
    const bounded = code.b.alu('and', selector, imm(most));
    return code.b.alu('add', table, code.b.alu('mul', bounded, imm(entrySize(group))));
  }

  private writeEnabled(enabled: EnabledClause): void {
    const { code } = this;
    const end = code.b.newLabel('clause');
    const fault = code.b.newLabel('fault');
    code.clause = { epid: enabled.epid, end, fault, action: 0 };
    const position = this.group.clauses.indexOf(enabled);
    if (this.enabled !== undefined && enabled.probes.size < this.group.probes.length) {
      const word = code.b.load(8, this.enabled, ENTRY.clauses + 8 * Math.floor(position / 64));
      const bit = code.b.alu('and', code.b.alu('rsh', word, imm(position % 64)), imm(1));
      code.b.branch('==', bit, imm(0), end);
    }
    // Probes of one program may differ in what they carry; those of one clause agree where it matters to the clause.
    const [some = 0] = enabled.probes;
    const mapping = some === 0 ? code.mapping : mappingOf(code.unit, this.group.probes[some]!);
    code.withMapping(mapping, () => writeClause(code, enabled.clause, enabled.epid));
    if (code.faultInfo) {
      code.b.jump(end);
      code.b.label(fault);
      this.writeFaultHandler(code.faultInfo, enabled.epid);
    }
    code.b.label(end);
    this.leaveAfterExit(enabled.clause);
    code.clause = undefined;
  }

  /** -x cpu: the probes of every other CPU have nothing to do. */
  private leaveOtherCpus(): void {
    const { b, unit } = this.code;
    if (unit.options.cpu === undefined) return;
    const here = b.newLabel('cpu');
    b.branch('==', b.helper('bpf_get_smp_processor_id'), imm(unit.options.cpu), here);
    b.exit(imm(0));
    b.label(here);
  }

  /** Once a clause has called exit(), the clauses after it do not run. END always runs whole. */
  private leaveAfterExit(clause: CheckedClause): void {
    const { code } = this;
    if (code.isEnd || !callsExit(clause)) return;
    const phase = code.b.load(4, code.b.move({ map: MAP.state, value: STATE.phase }), 0);
    code.b.branch('==', phase, imm(PHASE_STOPPING), code.done);
  }

  /**
   * Reports the fault and runs ERROR's clauses; then the next clause's turn comes. Each clause has a handler of its
   * own behind it: from one for all, the verifier would see ways back to every clause and follow each of them.
   */
  private writeFaultHandler(info: StackRef, epid: number): void {
    const { code } = this;
    const { b } = code;
    code.region(() => {
      code.forgetAll();
      const record = b.buffer(FAULT_RECORD.size);
      const { probeId } = code;
      const ids = typeof probeId === 'number' ? b.alu('lsh', probeId, imm(32)) : imm(probeId.imm << 32n);
      b.store(8, record, 0, ids);
      b.store(8, record, 8, now(code));
      b.store(8, record, FAULT_RECORD.epid, b.load(8, info, FAULT_INFO.epid));
      b.store(8, record, FAULT_RECORD.offset, b.load(8, info, FAULT_INFO.offset));
      b.store(8, record, FAULT_RECORD.address, b.load(8, info, FAULT_INFO.address));
      sendRecord(code, record, imm(FAULT_RECORD.size), { urgent: false, charge: 0 });
      b.releaseBuffer(record);
      this.writeErrorClauses(info.stack, epid);
    });
    for (const { clause } of this.group.errorClauses) this.leaveAfterExit(clause);
    b.releaseBuffer(info);
    code.faultInfo = undefined;
  }

  private writeErrorClauses(info: number, faulting: number): void {
    const { code, group } = this;
    const outer = { id: code.probeId, index: code.probeIndex };
    for (const { clause, epid, probe } of group.errorClauses) {
      const end = code.b.newLabel('error-clause');
      const failed = code.b.newLabel('double-error');
      code.clause = { epid, end, fault: failed, action: 0 };
      code.inError = failed;
      code.probeId = imm(probe.id);
      code.withMapping(errorMapping(info, outer.id, faulting - 1), () => writeClause(code, clause, epid));
      code.b.jump(end);
      code.b.label(failed);
      code.drop('doubleError');
      code.b.label(end);
    }
    code.inError = undefined;
    code.clause = undefined;
    code.probeId = outer.id;
    code.probeIndex = outer.index;
  }
}

/** Probe id (0: none has this value) and number, then one bit for each clause of the program, then the site's facts. */
const ENTRY = { id: 0, index: 4, clauses: 8 } as const;
const factsOf = ({ probes }: ProgramGroup): number => probes[0]?.probe.site.facts?.length ?? 0;
const factsAt = ({ clauses }: ProgramGroup): number => ENTRY.clauses + 8 * Math.ceil(clauses.length / 64);
const entrySize = (group: ProgramGroup): number => factsAt(group) + 8 * factsOf(group);

const enablesAll = ({ clauses, probes }: ProgramGroup): boolean =>
  clauses.every((clause) => clause.probes.size === probes.length);

function selectOf(site: ProbeSite): { on: string; value: number } | undefined {
  return 'select' in site ? site.select : undefined;
}

/** Selecting value → which clauses, which probe. There is room for values of as many bits as the largest has: up to `most`. */
function selectTable(
  group: ProgramGroup,
  values: readonly number[],
): { bytes: Buffer; entries: number; most: number } {
  const entries = values.reduce((a, b) => Math.max(a, b)) + 1;
  const most = 2 ** Math.ceil(Math.log2(entries)) - 1;
  const size = entrySize(group);
  const bytes = Buffer.alloc((most + 1) * size);
  values.forEach((value, index) => {
    const at = value * size;
    bytes.writeUInt32LE(group.probes[index]!.id, at + ENTRY.id);
    bytes.writeUInt32LE(index, at + ENTRY.index);
    group.probes[index]!.probe.site.facts?.forEach((fact, i) => {
      bytes.writeBigUInt64LE(BigInt.asUintN(64, fact), at + factsAt(group) + 8 * i);
    });
    group.clauses.forEach((c, k) => {
      const byte = at + ENTRY.clauses + (k >> 3);
      if (c.probes.has(index)) bytes[byte] = bytes[byte]! | (1 << (k & 7));
    });
  });
  return { bytes, entries, most };
}

/** ERROR's arguments: arg1 the id of the probe, arg2 which clause, arg3 offset, arg4 kind, arg5 address. */
function errorMapping(info: number, probe: V | Imm, clause: number): ProgramMapping {
  const fields = [undefined, undefined, undefined, 'offset', 'kind', 'address'] as const;
  return {
    arg: (code, index) => {
      if (index === 1) return probe;
      if (index === 2) return imm(clause);
      const field = fields[index];
      if (field === undefined) return imm(0);
      return code.b.load(field === 'address' ? 8 : 4, { stack: info, offset: 0 }, FAULT_INFO[field]);
    },
    typed: () => imm(0),
    pointerType: () => undefined,
    pointer: () => undefined,
    mayBeBad: () => false,
    builtin: () => undefined,
    hasThread: false,
    thread: () => undefined,
  };
}
