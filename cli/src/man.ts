/** The manual page, made from the table of flags: `dtrace --man | man -l -`. */
import { type Flag, flags, longFlags } from './flags.js';
import { VERSION } from './version.js';

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');

function entry(name: string, { value, help }: Flag): string {
  const parameter = value === undefined ? '' : ` \\fI${escaped(value)}\\fP`;
  return `.TP\n\\fB${escaped(name)}\\fP${parameter}\n${escaped(help)}\n`;
}

function options(): string {
  const letters = [...flags].map(([letter, flag]) =>
    /\d/.test(letter)
      ? entry(`-${letter}${flag.value}`, { help: flag.help, set: flag.set })
      : entry(`-${letter}`, flag),
  );
  return [...letters, ...[...longFlags].map(([name, flag]) => entry(`--${name}`, flag))].join('');
}

const EXAMPLES: readonly (readonly [what: string, command: string])[] = [
  ['Who makes how many system calls:', "dtrace -n 'syscall:::entry { @[execname] = count(); }'"],
  [
    'How long reads take, by the power of two:',
    "dtrace -n 'syscall::read:entry { self->t = timestamp; } syscall::read:return /self->t/ { @ = quantize(timestamp - self->t); self->t = 0; }'",
  ],
  [
    'The same numbers on a live screen:',
    "dtrace --format top -n 'syscall:::entry { @[execname, probefunc] = count(); }'",
  ],
  [
    'A flame graph of what the kernel does:',
    "dtrace --format flamegraph -o cpu.svg -n 'profile-97 /arg0/ { @[execname, stack()] = count(); } tick-10s { exit(0); }'",
  ],
  [
    'A program with probes of its own, which shop.d declares:',
    'dtrace -h -s shop.d && cc -c shop.c && dtrace -G -s shop.d shop.o -o probes.o && cc -o shop shop.o probes.o',
  ],
];

export function manPage(): string {
  const examples = EXAMPLES.map(
    ([what, command]) => `.PP\n${what}\n.nf\n.RS 4\n${escaped(command)}\n.RE\n.fi\n`,
  );
  return `.TH DTRACE 1 "" "dtrace ${VERSION}" "User Commands"
.SH NAME
dtrace \\- trace a running Linux system with programs in D
.SH SYNOPSIS
.B dtrace
[\\fIoptions\\fP] \\fB\\-n\\fP '\\fIprobe\\fP /\\fIpredicate\\fP/ { \\fIactions\\fP }' [\\fIargument\\fP ...]
.br
.B dtrace
[\\fIoptions\\fP] \\fB\\-s\\fP \\fIscript\\fP [\\fIargument\\fP ...]
.br
.B dtrace
\\fB\\-\\-compile\\fP \\fIscript\\fP [\\fB\\-o\\fP \\fIimage\\fP] | \\fB\\-\\-run\\fP \\fIimage\\fP
.br
.B dtrace
\\fB\\-l\\fP [\\fB\\-v\\fP] [\\fB\\-P\\fP \\fIprovider\\fP | \\fB\\-n\\fP \\fIprobe\\fP ...]
.br
.B dtrace
\\fB\\-h\\fP | \\fB\\-G\\fP \\fB\\-s\\fP \\fIscript\\fP [\\fB\\-o\\fP \\fIoutput\\fP] [\\fIobject\\fP ...]
.SH DESCRIPTION
Programs in the D language say at which probes to do what: record values, count, time, print stacks. They are compiled to
eBPF in this process and loaded into the running kernel; when tracing ends nothing of them is left there. Probes come from
providers, each a package of its own.
.SH OPTIONS
${options()}.SH ENVIRONMENT
.TP
\\fBDTRACE_OPT_\\fP\\fINAME\\fP
Presets \\fB\\-x\\fP \\fIname\\fP.
.TP
\\fBDTRACE_CONFIG\\fP
The configuration file, as \\fB\\-x config=\\fP.
.TP
\\fBNO_COLOR\\fP
No colours, on a terminal either.
.SH FILES
.TP
\\fB/run/dtraced.sock\\fP
Where dtraced is asked by who may not trace; \\fB\\-x broker=\\fP\\fIpath\\fP names another place, \\fB\\-x broker=off\\fP none.
.SH EXIT STATUS
What exit() of the program was given; 1 after an error, 2 when the command line makes no sense.
.SH EXAMPLES
${examples.join('')}.SH NOTES
Tracing needs root, or the capabilities CAP_BPF and CAP_PERFMON. Lost data is never silent: drops are told by kind.
`;
}
