import type { Host } from '../host/host.js';
import type { ProbeDescription } from '../language/ast.js';
import type { MacroValues } from '../language/context.js';

/** Fields of /proc/PID/stat behind the name: parent, process group and session. */
const PARENT = 1;
const GROUP = 2;
const SESSION = 3;

/** The macro variables of a process; `target` is 0 when there is none. */
export function macroValues(
  host: Host,
  args: readonly string[],
  { target = 0, pid }: { readonly target?: number | undefined; readonly pid?: number | undefined } = {},
): MacroValues {
  const stat = host.readText(`/proc/${pid ?? 'self'}/stat`) ?? '';
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (value: number | string | undefined): bigint => BigInt(value ?? 0);
  return {
    arguments: args,
    named: {
      pid: number(pid ?? process.pid),
      ppid: number(fields[PARENT]),
      pgid: number(fields[GROUP]),
      sid: number(fields[SESSION]),
      uid: number(process.getuid?.()),
      euid: number(process.geteuid?.()),
      gid: number(process.getgid?.()),
      egid: number(process.getegid?.()),
      projid: 0n,
      taskid: 0n,
      target: number(target),
    },
  };
}

const MACRO = /\$\$?(\w+)/g;

function expand(text: string, macros: MacroValues): string {
  if (!text.includes('$')) return text;
  return text.replace(MACRO, (whole, name: string) => {
    const value = /^\d+$/.test(name) ? macros.arguments[Number(name)] : macros.named[name];
    return value === undefined ? whole : String(value);
  });
}

/** `pid$target` and `profile-$1` become the names of probes. */
export function expandDescription(description: ProbeDescription, macros: MacroValues): ProbeDescription {
  return {
    ...description,
    provider: expand(description.provider, macros),
    module: expand(description.module, macros),
    function: expand(description.function, macros),
    name: expand(description.name, macros),
  };
}
