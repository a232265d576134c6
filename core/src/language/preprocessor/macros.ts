/** `#define`: what a macro is, and how its definition is read. */
import type { MessageId } from '../messages.js';
import { type PpToken, ppTokens, tidy } from './tokens.js';

export interface Macro {
  readonly name: string;
  /** undefined: object-like. */
  readonly parameters?: readonly string[];
  /** The last parameter takes all arguments that are left. */
  readonly variadic: boolean;
  readonly body: readonly PpToken[];
}

export interface MacroProblem {
  readonly problem: MessageId;
  readonly name: string;
}

/** Reads what stands behind `#define`. */
export function readDefinition(text: string): Macro | MacroProblem {
  const head = /^\s*([A-Za-z_]\w*)(\()?/.exec(text);
  const name = head?.[1];
  if (!head || name === undefined || name === 'defined')
    return { problem: 'preprocessor.name', name: 'define' };
  const rest = text.slice(head[0].length);
  if (head[2] === undefined) return checked({ name, variadic: false, body: tidy(ppTokens(rest)) });
  const close = rest.indexOf(')');
  const parameters = close < 0 ? undefined : readParameters(rest.slice(0, close));
  if (!parameters) return { problem: 'preprocessor.parameters', name };
  return checked({ name, ...parameters, body: tidy(ppTokens(rest.slice(close + 1))) });
}

/** `-D name`, `-D name=value`. */
export function readCommandLineDefinition(text: string): Macro | MacroProblem {
  const equals = text.indexOf('=');
  return readDefinition(equals < 0 ? `${text} 1` : `${text.slice(0, equals)} ${text.slice(equals + 1)}`);
}

function readParameters(text: string): (Pick<Macro, 'variadic'> & { parameters: string[] }) | undefined {
  const names = text.trim() === '' ? [] : text.split(',').map((name) => name.trim());
  const last = names.at(-1);
  let variadic = false;
  if (last?.endsWith('...')) {
    variadic = true;
    // `rest...` names it, a bare `...` is __VA_ARGS__.
    names[names.length - 1] = last.slice(0, -3).trim() || '__VA_ARGS__';
  }
  const good = names.every((name) => /^[A-Za-z_]\w*$/.test(name)) && new Set(names).size === names.length;
  return good ? { parameters: names, variadic } : undefined;
}

function checked(macro: Macro): Macro | MacroProblem {
  const outer = [macro.body[0]?.text, macro.body.at(-1)?.text];
  return outer.includes('##') ? { problem: 'preprocessor.paste', name: macro.name } : macro;
}
