/** What parts of the language ask of the kernel: asked before any code is written. */
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import { diagnostic } from '../language/messages.js';
import type { Span } from '../language/source.js';
import type { CompileInput } from './options.js';
import { forEachExpr, forEachStatement } from './walk.js';

interface Requirement {
  /** One of them. */
  readonly features: readonly string[];
  readonly reason: string;
}

const writing: Requirement = {
  features: ['probe_write_user'],
  reason: 'it does not let BPF programs write to processes (locked down, or built so)',
};
const signals: Requirement = { features: ['send_signal'], reason: 'its BPF programs cannot send signals' };
const longLoops: Requirement = { features: ['iter_num'], reason: 'its BPF programs cannot loop for so long' };
/** Loops that the kernel does not follow turn by turn. */
const loops = ['may_goto', 'bpf_loop'];

const overriding: Requirement = {
  features: ['override_return'],
  reason: 'it does not let BPF programs change what functions return (built without that, or locked down)',
};

const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  chill: longLoops,
  copyout: writing,
  copyoutstr: writing,
  json: { features: loops, reason: 'its BPF programs cannot have such loops' },
  raise: signals,
  return: overriding,
  stop: signals,
};

/** Subroutines that go through strings character by character: kernels that follow that stand only so many. */
const WALKING: ReadonlySet<string> = new Set([
  'basename',
  'cleanpath',
  'dirname',
  'index',
  'rindex',
  'strchr',
  'strrchr',
  'strstr',
  'strtok',
  'strtoll',
  'tolower',
  'toupper',
]);
const LONGEST_FOLLOWED = 1024;
const walking: Requirement = {
  features: loops,
  reason: `not with a strsize of more than ${LONGEST_FOLLOWED}: its BPF programs cannot loop for so long`,
};

function requirementOf(name: string, strsize: number): Requirement | undefined {
  if (strsize > LONGEST_FOLLOWED + 1 && WALKING.has(name)) return walking;
  return REQUIREMENTS[name];
}

/** Throws a `CompileError` naming everything that this kernel, or the place of a probe, does not allow. */
export function checkRequirements(input: CompileInput): void {
  const { program, options } = input;
  const { strsize } = options;
  const has = (feature: string) => input.has(feature);
  const found: Diagnostic[] = [];
  const check = (name: string, span: Span) => {
    const requirement = requirementOf(name, strsize);
    if (!requirement || requirement.features.some(has)) return;
    found.push(diagnostic('support.kernel', span, { name, reason: requirement.reason }));
  };
  for (const [i, clause] of program.clauses.entries()) {
    forEachStatement(clause, (stmt) => {
      if (stmt.kind !== 'action') return;
      if (stmt.name === 'return') found.push(...unforced(input, i, stmt.span));
      check(stmt.name, stmt.span);
    });
    forEachExpr(clause, (expr) => {
      if (expr.kind === 'call') check(expr.name, expr.span);
    });
  }
  if (found.length > 0) throw new CompileError(found);
}

/** Probes of a clause where no function can be made to return. */
function unforced(input: CompileInput, clause: number, span: Span): Diagnostic[] {
  if (!input.has('override_return')) return [];
  const probes = (input.matches[clause] ?? []).map(({ probe }) => ({
    function: probe.function,
    force: input.layout(probe.site).forcesReturn,
  }));
  if (probes.some(({ force }) => force === undefined))
    return [diagnostic('support.place', span, { name: 'return' })];
  return probes
    .filter(({ force }) => force === 'not allowed')
    .map(({ function: name }) => diagnostic('support.function', span, { name: 'return', function: name }));
}
