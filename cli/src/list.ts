/** -l: a line for every probe that the programs match, or for every probe there is. */
import { type DTrace, type RegisteredProbe, SiteError } from '@dtrace/core';
import { nameMatcher } from '@dtrace/core/provider';
import { type Compiled, compilePrograms } from './engine.js';
import type { Invocation } from './invocation.js';
import { knownListing } from './known-listing.js';
import { complain, EXIT } from './report.js';
import { probeDetails } from './stability.js';
import { openTargets } from './targets.js';
import type { Writer } from './writer.js';

const PIECE = 64 * 1024;

function columns(id: string, provider: string, module: string, func: string, name: string): string {
  return `${id.padStart(5)} ${provider.padStart(10)} ${module.padStart(17)} ${func.padStart(33)} ${name}\n`;
}

/** Gathers lines: one write per probe would take longer than finding them. */
class Lines {
  #text = '';
  readonly #all: string[] = [];
  constructor(readonly writer: Writer) {}

  /** Everything written so far. */
  get all(): string {
    return this.#all.join('');
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.flush();
  }

  flush(): void {
    this.writer.write(this.#text);
    this.#all.push(this.#text);
    this.#text = '';
  }
}

export function list(
  engine: DTrace,
  invocation: Invocation,
  openWriter: () => Writer,
  addon: string | undefined,
): number {
  const compiled = invocation.programs.length === 0 ? undefined : compileForListing(engine, invocation);
  const kinds = invocation.verbose && compiled ? chosenKinds(engine, compiled) : undefined;
  const lines = new Lines(openWriter());
  const show = ({ id, probe, provider }: RegisteredProbe) => {
    lines.add(columns(String(id), probe.provider, probe.module, probe.function, probe.name));
    if (!invocation.verbose) return;
    const description = provider.describe?.(probe);
    lines.add(probeDetails(probe, provider.attributes, { kind: kinds?.get(id), description }));
  };
  lines.add(columns('ID', 'PROVIDER', 'MODULE', 'FUNCTION', 'NAME'));
  if (compiled === undefined) {
    for (const probe of engine.probes()) {
      if (lines.writer.closed) break;
      show(probe);
    }
  } else {
    showMatches(engine, compiled, show, () => lines.flush());
    if (invocation.verbose) {
      lines.flush();
      explainMissing(engine, compiled);
    }
  }
  lines.flush();
  if (!lines.writer.closed && engine.problems.length === 0) knownListing(invocation, addon)?.write(lines.all);
  engine.host.saveFacts();
  return EXIT.success;
}

/** A command of -c is started only to see what it consists of. */
function compileForListing(engine: DTrace, invocation: Invocation): Compiled {
  const target = openTargets((spec) => engine.openTarget(spec), invocation);
  try {
    return compilePrograms(engine, invocation, { target, listing: true, options: [['zdefs', undefined]] });
  } finally {
    target?.close();
  }
}

/** What a run would attach probes by. A run that is too much to attach can be listed all the same. */
function chosenKinds(engine: DTrace, { program }: Compiled): ReadonlyMap<number, string> | undefined {
  try {
    return engine.chosenKinds(program);
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    complain(error.message);
    return undefined;
  }
}

/** Clauses that follow each other for the same description are listed once. */
function showMatches(
  engine: DTrace,
  { program }: Compiled,
  show: (probe: RegisteredProbe) => void,
  flush: () => void,
): void {
  let last: unknown;
  for (const [index, { description }] of program.checked.clauses.entries()) {
    const name = descriptionText(description);
    if (name === last) continue;
    last = name;
    const matches = program.matches[index] ?? [];
    matches.forEach(show);
    if (matches.length > 0) continue;
    flush();
    const why = description.kind === 'probe' ? engine.registry.explain(description) : undefined;
    complain(`failed to match ${name}: ${why ?? 'No probe matches description'}`);
  }
}

/** Why providers that were named lack probes that other kernels or systems have. */
function explainMissing(engine: DTrace, { program }: Compiled): void {
  const descriptions = program.checked.clauses.flatMap(({ description }) =>
    description.kind === 'probe-id' ? [] : [description],
  );
  for (const provider of engine.providers) {
    const asked = descriptions.filter((description) => description.provider === provider.name);
    if (asked.length === 0) continue;
    const isAsked = (name: string) => asked.some((description) => nameMatcher(description.name)(name));
    for (const { name, reason } of provider.missing?.() ?? [])
      if (isAsked(name)) complain(`${provider.name}:::${name} is not available: ${reason}`);
  }
}

type Description = Compiled['program']['checked']['clauses'][number]['description'];

export function descriptionText(description: Description): string {
  if (description.kind === 'probe-id') return `:::${description.id}`;
  const { provider, module, function: func, name } = description;
  return `${provider}:${module}:${func}:${name}`;
}
