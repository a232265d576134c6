/** D text through preprocessor, parser, checker and compiler, without a kernel: nothing but text is needed. */
import { compile } from '../../src/compiler/compile.js';
import type { TraceImage } from '../../src/compiler/image.js';
import { check } from '../../src/language/checker/index.js';
import type { CheckContext } from '../../src/language/context.js';
import { CompileError } from '../../src/language/diagnostics.js';
import { parseProgram } from '../../src/language/parser/index.js';
import type { TypeSource } from '../../src/language/types.js';
import type { Probe } from '../../src/probes/probe.js';
import type { ProbeSite, SelfSite } from '../../src/probes/site.js';
import { runOptions } from '../../src/session/run-options.js';

const noTypes: TypeSource = {
  findRecord: () => undefined,
  findEnum: () => undefined,
  findTypedef: () => undefined,
  findEnumerator: () => undefined,
  findSymbol: () => undefined,
  findFunction: () => undefined,
};

const probe = (name: string, phase: SelfSite['phase']): Probe => ({
  provider: 'dtrace',
  module: '',
  function: '',
  name,
  site: { kind: 'self', phase } as ProbeSite,
  arguments: { args: [] },
});

const probes = [probe('BEGIN', 'begin'), probe('END', 'end'), probe('ERROR', 'error')].map((p, i) => ({
  id: i + 1,
  probe: p,
}));

/** Throws a CompileError, and nothing else, when the text is wrong. */
export function compileText(text: string, has: (feature: string) => boolean = () => true): TraceImage {
  const parsed = parseProgram({ name: 'test.d', text });
  const fail = (diagnostics: readonly { readonly severity: string }[]) => {
    if (diagnostics.some(({ severity }) => severity === 'error'))
      throw new CompileError(diagnostics as never);
  };
  fail(parsed.diagnostics);
  const match = (name: string) => probes.filter(({ probe: p }) => p.name === name);
  const context = {
    types: noTypes,
    macros: { named: new Map(), arguments: [] },
    options: {
      strsize: runOptions([]).compile.strsize,
      zeroMatches: true,
      destructive: true,
      defaultArguments: true,
    },
    probes: ({ name }: { name: string }) => ({ count: match(name).length, args: [], name }),
  } as unknown as CheckContext;
  const checked = check(parsed.program, context);
  fail(checked.diagnostics);
  return compile({
    program: checked.program,
    matches: checked.program.clauses.map(({ description }) =>
      description.kind === 'probe' ? match(description.name) : [],
    ),
    types: noTypes,
    arch: 'x64',
    cpus: 2,
    options: runOptions([]).compile,
    has,
    layout: (site) => ({
      group: `self:${(site as SelfSite).phase}`,
      programType: 'raw_tracepoint',
      args: [],
    }),
    checkSiteExpression: () => {
      throw new Error('these sites have no expressions');
    },
  });
}
