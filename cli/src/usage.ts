import { type Flag, flags, longFlags } from './flags.js';

const CLAUSE = '[[ predicate ] action ]';

const SYNOPSIS = `Usage: dtrace [-32|-64] [-CeFGhHlqSvVwZ] [-b bufsz] [-c cmd] [-D name[=def]]
\t[-I path] [-L path] [-o output] [-p pid] [-s script] [-U name]
\t[-x opt[=val]] [-X a|c|s|t] [--format text|json] [--check]
\t[--compile] [--run image]
\t[-P provider ${CLAUSE}]
\t[-m [ provider: ] module ${CLAUSE}]
\t[-f [[ provider: ] module: ] func ${CLAUSE}]
\t[-n [[[ provider: ] module: ] func: ] name ${CLAUSE}]
\t[-i probe-id ${CLAUSE}] [ args ... ]

\tpredicate -> '/' D-expression '/'
\t   action -> '{' D-statements '}'
`;

function line(name: string, flag: Flag): string {
  return `\t${name.padEnd(3)} ${flag.help}\n`;
}

export function usage(): string {
  // -32 and -64 read as one option, not as -3 with a value.
  const letters = [...flags].map(([name, flag]) =>
    line(/\d/.test(name) ? `-${name}${flag.value}` : `-${name}`, flag),
  );
  const long = [...longFlags].map(([name, flag]) => line(`--${name}`, flag));
  return `${SYNOPSIS}\n${[...letters, ...long].join('')}`;
}
