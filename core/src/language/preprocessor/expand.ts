/**
 * Macro expansion. Each token carries the set of macros it came out of and may not become again, which is what
 * ends recursion; a budget ends what would only take too long.
 */
import type { MessageId } from '../messages.js';
import type { Macro } from './macros.js';
import { isGap, isName, type PpToken, ppTokens, tidy } from './tokens.js';

const maximumWork = 300_000;
const maximumDepth = 100;

/** Work done so far by all expanders of one run. */
export interface Budget {
  spent: number;
  refused: boolean;
}

export interface ExpansionScope {
  readonly budget: Budget;
  find(name: string): Macro | undefined;
  report(id: MessageId, values: Readonly<Record<string, string | number>>): void;
}

interface Call {
  readonly macro: Macro;
  readonly arguments: readonly (readonly PpToken[])[];
  readonly newlines: number;
  readonly hidden: ReadonlySet<string> | undefined;
}

export class Expander {
  constructor(private readonly scope: ExpansionScope) {}

  expand(tokens: readonly PpToken[], depth = 0): PpToken[] {
    const out: PpToken[] = [];
    // What is still to be read, last first, so that an expansion can be put back cheaply.
    const rest = [...tokens].reverse();
    for (let token = rest.pop(); token; token = rest.pop()) {
      const macro = isName(token) && !token.hidden?.has(token.text) ? this.scope.find(token.text) : undefined;
      const call = macro && !this.scope.budget.refused ? this.call(macro, token, rest) : undefined;
      if (!call) {
        out.push(token);
        continue;
      }
      const result = this.substitute(call, depth);
      // Copying the hidden sets costs too, where macros chain.
      if (!this.spend(result.length * (1 + (result[0]?.hidden?.size ?? 0) / 16), depth)) continue;
      // Lines swallowed with the arguments come back behind the expansion, so that later lines keep their numbers.
      for (let n = 0; n < call.newlines; n++) rest.push({ text: '\n' });
      for (let i = result.length - 1; i >= 0; i--) rest.push(result[i]!);
    }
    return out;
  }

  private spend(work: number, depth: number): boolean {
    const { budget } = this.scope;
    budget.spent += work + 1;
    if (budget.spent <= maximumWork && depth < maximumDepth) return true;
    if (!budget.refused) this.scope.report('preprocessor.expansions', {});
    budget.refused = true;
    return false;
  }

  /** Takes the arguments off `rest`; undefined when the name of a function-like macro stands alone. */
  private call(macro: Macro, name: PpToken, rest: PpToken[]): Call | undefined {
    const hidden = name.hidden;
    if (!macro.parameters) return { macro, arguments: [], newlines: 0, hidden };
    let at = rest.length - 1;
    while (at >= 0 && isGap(rest[at]!)) at--;
    if (rest[at]?.text !== '(') return undefined;
    const list: PpToken[][] = [[]];
    let level = 0;
    for (; at >= 0; at--) {
      const token = rest[at]!;
      if (token.text === '(' && level++ === 0) continue;
      if (token.text === ')' && --level === 0) break;
      const split =
        token.text === ',' && level === 1 && !(macro.variadic && list.length >= macro.parameters.length);
      if (split) list.push([]);
      else list.at(-1)!.push(token);
    }
    // What was read through in vain is work as well.
    const affordable = this.spend((rest.length - at) / 8, 0);
    if (at < 0) {
      this.scope.report('preprocessor.unclosed', { name: macro.name });
      return undefined;
    }
    const newlines = rest.slice(at).filter((token) => token.text === '\n').length;
    const found = this.fitted(macro, list.map(tidy));
    if (!found || !affordable) return undefined;
    rest.length = at;
    return { macro, arguments: found, newlines, hidden };
  }

  private fitted(macro: Macro, list: PpToken[][]): PpToken[][] | undefined {
    const expected = macro.parameters?.length ?? 0;
    if (expected === 0 && list.length === 1 && list[0]?.length === 0) return [];
    if (macro.variadic && list.length === expected - 1) return [...list, []];
    if (list.length === expected) return list;
    this.scope.report('preprocessor.arguments', { name: macro.name, expected, found: list.length });
    return undefined;
  }

  private substitute(call: Call, depth: number): PpToken[] {
    const { macro } = call;
    const hidden = new Set(call.hidden).add(macro.name);
    const parameters = new Map((macro.parameters ?? []).map((name, index) => [name, index]));
    const full: (PpToken[] | undefined)[] = [];
    const raw = (token: PpToken | undefined) => {
      const index = token && parameters.get(token.text);
      return index === undefined ? undefined : (call.arguments[index] ?? []);
    };
    const expanded = (token: PpToken) => {
      const index = parameters.get(token.text);
      if (index === undefined) return undefined;
      full[index] ??= this.spend(0, depth + 1) ? this.expand(call.arguments[index] ?? [], depth + 1) : [];
      return full[index];
    };

    const body = macro.body;
    let out: PpToken[] = [];
    for (let i = 0; i < body.length; i++) {
      const token = body[i]!;
      const next = this.solid(body, i);
      if (token.text === '#' && macro.parameters && raw(body[next])) {
        out.push({ text: stringified(raw(body[next])!) });
        i = next;
      } else if (token.text === '##') {
        out = pasted(out, raw(body[next]) ?? (body[next] ? [body[next]] : []), isRest(macro, body[next]));
        i = next;
      } else if (body[next]?.text === '##') append(out, raw(token) ?? [token]);
      else append(out, expanded(token) ?? [token]);
      if (out.length > maximumWork) break;
    }
    return out.map((token) => ({ text: token.text, hidden: joined(hidden, token.hidden), expanded: true }));
  }

  private solid(body: readonly PpToken[], from: number): number {
    let at = from + 1;
    while (at < body.length && isGap(body[at]!)) at++;
    return at;
  }
}

/** Spreading a long list into push() would overflow the stack. */
function append(to: PpToken[], tokens: readonly PpToken[]): void {
  for (const token of tokens) to.push(token);
}

function isRest(macro: Macro, token: PpToken | undefined): boolean {
  return macro.variadic && token !== undefined && macro.parameters?.at(-1) === token.text;
}

function joined(all: ReadonlySet<string>, own: ReadonlySet<string> | undefined): ReadonlySet<string> {
  if (!own || own.size === 0) return all;
  return new Set([...all, ...own]);
}

/** `left ## right`: the last token of one and the first of the other become one. */
function pasted(left: readonly PpToken[], right: readonly PpToken[], rest: boolean): PpToken[] {
  const out = [...left];
  while (out.at(-1)?.text === ' ') out.pop();
  const last = out.at(-1);
  // `, ## __VA_ARGS__` drops its comma when nothing follows, and pastes nothing otherwise.
  if (rest && last?.text === ',') return right.length === 0 ? out.slice(0, -1) : [...out, ...right];
  const first = right[0];
  if (!last || !first) return [...out, ...right];
  return [...out.slice(0, -1), ...ppTokens(last.text + first.text), ...right.slice(1)];
}

function stringified(tokens: readonly PpToken[]): string {
  const text = tokens.map((t) => (/^["']/.test(t.text) ? t.text.replace(/[\\"]/g, '\\$&') : t.text)).join('');
  return `"${text}"`;
}
