/** docs/options.md is this table in words: `vitest -u` writes it anew. */
import { expect, test } from 'vitest';
import { type Option, type OptionTime, optionTables } from '../../src/language/options.js';

const HEADINGS: Readonly<Record<OptionTime, string>> = {
  compiling: 'Read when a program is compiled',
  starting: 'Read when tracing starts',
  tracing: 'Also changed by setopt() while tracing',
};

const INTRODUCTION = `# Options

Every option of illumos' and Oracle's DTrace is known. Options are set by \`-x name=value\`, by \`#pragma D option name=value\`
in a script and, where the last table has them, by \`setopt("name", "value")\` in a clause. \`DTRACE_OPT_NAME=value\` in the
environment presets them; the command line wins over the environment and over scripts.

A flag is on when it is named and takes \`on\`, \`off\`, \`yes\`, \`no\`, \`1\`, \`0\` …; sizes take \`k\`, \`m\`, \`g\` and \`t\`; rates are
times (\`10ms\`, \`1sec\`) or frequencies (\`10hz\`). An empty default means that the option is not set.

Sizes of buffers, speculations, aggregations and arrays count what a D program declares: a string counts strsize bytes,
however short it is. Buffers from 64k on are only bounded by the ring they lie in.

Thread-local variables are no part of \`dynvarsize\`: they live in storage of the thread itself, and go with it.
`;

function form({ form: of }: Option): string {
  return typeof of === 'string' ? of : of.map((word) => `\`${word}\``).join(' ');
}

const effects = { full: '', unused: 'Accepted, without effect: ', refused: 'Refused: ' } as const;

function table(rows: ReadonlyMap<string, Option>): string {
  const cells = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, option]) => [
      `\`${name}\``,
      form(option),
      option.initial === '' ? '' : `\`${option.initial}\``,
      effects[option.effect] + option.meaning,
    ]);
  const all = [['option', 'value', 'default', 'meaning'], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |\n`;
  return line(all[0]!) + line(widths.map((width) => '-'.repeat(width))) + all.slice(1).map(line).join('');
}

test('the page names every option as it is', async () => {
  const sections = optionTables.map(([time, rows]) => `\n## ${HEADINGS[time]}\n\n${table(rows)}`);
  await expect(INTRODUCTION + sections.join('')).toMatchFileSnapshot('../../../docs/options.md');
});
