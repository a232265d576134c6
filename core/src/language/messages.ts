/**
 * Every message of the language in one table, and how a diagnostic becomes a line of text. Stages report ids and
 * values only, so a text can be reworded, or shown another way, without touching them.
 */
import { checkMessages } from './check-messages.js';
import type { Diagnostic } from './diagnostics.js';
import { codeFrame } from './frames.js';
import { locate } from './lines.js';
import type { Span } from './source.js';
import { syntaxMessages } from './syntax-messages.js';

export interface Message {
  readonly tag: string;
  /**
   * `{name}` is replaced by the diagnostic's value of that name, `{name:9}` by the same, padded on the left, and
   * `{name:count}` by the plural of it (of the word itself, if it names no value) unless the value `count` is 1.
   */
  readonly text: string;
  /** What to do, or what would have been right; filled in the same way. */
  readonly hint?: string;
}

/** Values quote the script, which may hold anything. */
const longestValue = 200;

const all = { ...syntaxMessages, ...checkMessages };

export type MessageId = keyof typeof all;
export const messages: Readonly<Record<MessageId, Message>> & Readonly<Record<string, Message>> = all;

export interface DiagnosticExtras {
  readonly severity?: 'error' | 'warning';
  readonly hint?: string;
  readonly noticed?: number | undefined;
}

export function diagnostic(
  id: MessageId,
  span: Span | undefined,
  values: Diagnostic['values'] = {},
  extras: DiagnosticExtras = {},
): Diagnostic {
  const { tag, hint: template } = messages[id];
  const hint = extras.hint ?? (template === undefined ? undefined : fill(template, values));
  return {
    tag,
    id,
    values,
    severity: extras.severity ?? 'error',
    ...(span && { span }),
    ...(hint !== undefined && { hint }),
    ...(extras.noticed !== undefined && { noticed: extras.noticed }),
  };
}

/** The message alone, without place or tag. */
export function messageText(d: Diagnostic): string {
  return fill(messages[d.id]?.text ?? d.id, d.values);
}

function fill(template: string, values: Diagnostic['values']): string {
  return template.replace(/\{(\w+)(?::(\w+))?\}/g, (whole, name: string, form?: string) => {
    const value = values[name];
    if (form !== undefined && form in values) return plural(String(value ?? name), values[form]);
    return value === undefined ? whole : clip(String(value)).padStart(Number(form ?? 0));
  });
}

const plural = (word: string, count: unknown): string => (Number(count) === 1 ? word : `${word}s`);

function clip(value: string): string {
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}

export interface FormatOptions {
  /** -xerrtags: the tag in brackets first. */
  readonly tags?: boolean;
  /** Name of the script the user named: its diagnostics are placed by line only, others by file and line. */
  readonly main?: string;
  /** The text came from the command line, where line numbers say nothing. */
  readonly commandLine?: boolean;
  /** Adds the source lines and the hint. */
  readonly frame?: boolean;
  readonly color?: boolean;
}

/** `[D_SYNTAX] line 3: expected ';' but found '}'`, with a code frame below when asked for. */
export function formatDiagnostic(d: Diagnostic, options: FormatOptions = {}): string {
  const head = `${options.tags ? `[${d.tag}] ` : ''}${placeText(d, options)}${messageText(d)}`;
  if (!options.frame) return head;
  const frame = d.span
    ? `\n${codeFrame(d.span, options.color === undefined ? {} : { color: options.color })}`
    : '';
  const hint = d.hint === undefined ? '' : `\n  = ${d.hint}`;
  return head + frame + hint;
}

function placeText({ span, noticed }: Diagnostic, options: FormatOptions): string {
  if (!span) return '';
  const place = locate(span.source, noticed ?? span.start);
  const elsewhere = options.main !== undefined && place.name !== options.main;
  if (options.commandLine && !elsewhere) return '';
  return `${elsewhere ? `"${place.name}", ` : ''}line ${place.line}: `;
}
