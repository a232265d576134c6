/** Scripts that complete the command's flags, files and probe names, made from the table of flags. */
import { type Flag, flags, longFlags } from './flags.js';
import { UsageError } from './getopt.js';

/** What is written after a flag, where a shell can help. */
type Value = 'provider' | 'module' | 'function' | 'name' | 'file' | 'folder' | 'pid' | 'command' | 'format';

const VALUES: Readonly<Record<string, Value>> = {
  '-P': 'provider',
  '-m': 'module',
  '-f': 'function',
  '-n': 'name',
  '-s': 'file',
  '-o': 'file',
  '--run': 'file',
  '-I': 'folder',
  '-L': 'folder',
  '-p': 'pid',
  '-c': 'command',
  '--format': 'format',
};

const FORMATS = 'text json csv top flamegraph heatmap folded speedscope';

interface Written {
  readonly name: string;
  readonly flag: Flag;
}

const written = (): Written[] => [
  ...[...flags].map(([letter, flag]) => ({
    name: /\d/.test(letter) ? `-${letter}${flag.value}` : `-${letter}`,
    flag,
  })),
  ...[...longFlags].map(([name, flag]) => ({ name: `--${name}`, flag })),
];

const available = ({ flag }: Written): boolean => !flag.help.includes('not available');

const namesWith = (value: Value): string =>
  Object.entries(VALUES)
    .filter(([, of]) => of === value)
    .map(([name]) => name)
    .join('|');

/** Columns of `dtrace -l`, as shell words: $1 is what has been typed. */
const PROBES = `_dtrace_probes() {
  local cur=$2
  case $1 in
    provider) dtrace -l 2>/dev/null | awk -v p="$cur" 'NR > 1 && index($2, p) == 1 { print $2 }' ;;
    module) dtrace -l 2>/dev/null | awk -v p="$cur" 'NR > 1 && NF == 5 && index($3, p) == 1 { print $3 }' ;;
    function) dtrace -l 2>/dev/null | awk -v p="$cur" 'NR > 1 && NF > 3 && index($(NF - 1), p) == 1 { print $(NF - 1) }' ;;
    name) case $cur in
      *:*) dtrace -l -P "\${cur%%:*}" 2>/dev/null | awk -v p="$cur" 'NR > 1 {
          name = $2 ":" (NF > 4 ? $3 : "") ":" (NF > 3 ? $(NF - 1) : "") ":" $NF
          short = $2 "::" (NF > 3 ? $(NF - 1) : "") ":" $NF
          bare = $2 ":::" $NF
          if (index(short, p) == 1) print short
          else if (index(bare, p) == 1) print bare
          else if (index(name, p) == 1) print name
        }' ;;
      *) dtrace -l 2>/dev/null | awk -v p="$cur" 'NR > 1 && index($2, p) == 1 { print $2 ":" }' ;;
    esac ;;
  esac | sort -u
}
`;

function bash(): string {
  const words = written()
    .filter(available)
    .map(({ name }) => name);
  const kinds = (['provider', 'module', 'function', 'name'] as const)
    .map((kind) => `    ${namesWith(kind)}) _dtrace_reply "$(_dtrace_probes ${kind} "$cur")" ;;\n`)
    .join('');
  return `# Completion of dtrace for bash:  source <(dtrace --completion bash)
${PROBES}
# A colon ends a word for bash: what stands before the last one is on the line already.
_dtrace_reply() {
  mapfile -t COMPREPLY <<<"$1"
  [ -n "$1" ] || COMPREPLY=()
  case $cur in *:*) COMPREPLY=("\${COMPREPLY[@]#"\${cur%"\${cur##*:}"}"}") ;; esac
  case \${COMPREPLY[0]-} in *:) compopt -o nospace 2>/dev/null ;; esac
}
_dtrace() {
  local line=\${COMP_LINE:0:COMP_POINT} cur prev
  cur=\${line##*[[:space:]\\'\\"]}
  local before=\${line%"$cur"}
  before=\${before%[\\'\\"]}
  read -ra words <<<"$before"
  prev=\${words[\${#words[@]} - 1]}
  case $prev in
${kinds}    ${namesWith('file')}) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    ${namesWith('folder')}) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    ${namesWith('command')}) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    ${namesWith('pid')}) mapfile -t COMPREPLY < <(cd /proc && compgen -G "[0-9]*" | grep "^$cur") ;;
    ${namesWith('format')}) mapfile -t COMPREPLY < <(compgen -W "${FORMATS}" -- "$cur") ;;
    *) case $cur in
      -*) mapfile -t COMPREPLY < <(compgen -W "${words.join(' ')}" -- "$cur") ;;
      *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    esac ;;
  esac
}
complete -o filenames -F _dtrace dtrace
`;
}

const ZSH_ACTIONS: Readonly<Record<Value, string>> = {
  provider: '_dtrace_names provider',
  module: '_dtrace_names module',
  function: '_dtrace_names function',
  name: '_dtrace_names name',
  file: '_files',
  folder: '_files -/',
  pid: '_pids',
  command: '_command_names',
  format: `(${FORMATS})`,
};

const zshText = (text: string): string => text.replace(/[[\]:']/g, (character) => `\\${character}`);

function zsh(): string {
  const lines = written()
    .filter(available)
    .map((each) => {
      const { name, flag } = each;
      const value = /^-\d/.test(name) ? undefined : flag.value;
      const action = VALUES[name] === undefined ? ' ' : ZSH_ACTIONS[VALUES[name]];
      const rest = value === undefined ? '' : `:${zshText(value)}:${action}`;
      return `    $'*${name}[${zshText(flag.help)}]${rest}'`;
    });
  return `#compdef dtrace
# Completion of dtrace for zsh:  dtrace --completion zsh > "\${fpath[1]}/_dtrace"
${PROBES}
_dtrace_names() {
  local -a names
  names=("\${(@f)$(_dtrace_probes $1 "$PREFIX")}")
  compadd -S '' -- $names
}
_dtrace() {
  _arguments -s \\
${lines.join(' \\\n')} \\
    '*:file:_files'
}
if [ "$funcstack[1]" = _dtrace ]; then _dtrace "$@"; else compdef _dtrace dtrace; fi
`;
}

const FISH_ARGUMENTS: Readonly<Record<Value, string>> = {
  provider: "-x -a '(__dtrace_probes provider)'",
  module: "-x -a '(__dtrace_probes module)'",
  function: "-x -a '(__dtrace_probes function)'",
  name: "-x -a '(__dtrace_probes name)'",
  file: '-r -F',
  folder: "-x -a '(__fish_complete_directories)'",
  pid: "-x -a '(__fish_complete_pids)'",
  command: "-x -a '(__fish_complete_command)'",
  format: `-x -a '${FORMATS}'`,
};

const fishText = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function fish(): string {
  const lines = written()
    .filter(available)
    .map(({ name, flag }) => {
      const option = name.startsWith('--')
        ? `-l ${name.slice(2)}`
        : name.length === 2
          ? `-s ${name.slice(1)}`
          : `-o ${name.slice(1)}`;
      const takes = /^-\d/.test(name) || flag.value === undefined ? '' : ' -x';
      const rest = VALUES[name] === undefined ? takes : ` ${FISH_ARGUMENTS[VALUES[name]]}`;
      return `complete -c dtrace ${option} -d ${fishText(flag.help)}${rest}`;
    });
  return `# Completion of dtrace for fish:  dtrace --completion fish > ~/.config/fish/completions/dtrace.fish
function __dtrace_probes
  set -l typed (string trim -l -c "'\\"" -- (commandline -ct))
  sh -c ${fishText(`${PROBES}_dtrace_probes "$1" "$2"`)} sh $argv[1] "$typed"
end
${lines.join('\n')}
`;
}

const SCRIPTS: ReadonlyMap<string, () => string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

export function completionScript(shell: string): string {
  const script = SCRIPTS.get(shell);
  if (script === undefined) throw new UsageError(`no completion for '${shell}': bash, zsh or fish`);
  return script();
}
