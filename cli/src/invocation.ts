/** What a command line asks for. Plain data: nothing has been read, compiled or opened yet. */

/** Which part of a probe description an argument starts from when it is not written in full. */
export type Specifier = 'provider' | 'module' | 'function' | 'name';

export type ProgramArgument =
  | { readonly kind: 'script'; readonly path: string }
  | { readonly kind: 'text'; readonly specifier: Specifier; readonly text: string };

export interface OptionArgument {
  readonly name: string;
  /** Undefined: a name without a value. */
  readonly value: string | undefined;
  /** What the user wrote, as messages repeat it: `-b 4m`, `-x strsize`. */
  readonly written: string;
}

export type Mode =
  | 'trace'
  | 'list'
  | 'header'
  | 'object'
  | 'check'
  | 'compile'
  | 'run'
  | 'version'
  | 'help'
  | 'completion'
  | 'man';

export interface Invocation {
  readonly mode: Mode;
  /** In the order of the command line, which is the order in which clauses run. */
  readonly programs: readonly ProgramArgument[];
  /** DTrace options, first to last. */
  readonly options: readonly OptionArgument[];
  /** $1, $2, … */
  readonly operands: readonly string[];
  readonly commands: readonly string[];
  readonly pids: readonly number[];
  readonly outputFile: string | undefined;
  /** `name` or `name:parameter=value,…` */
  readonly format: string;
  /** The file of an image that is run. */
  readonly image: string;
  /** The shell that completion is for. */
  readonly shell: string;
  /** -32 or -64, if that was said. */
  readonly dataModel: 32 | 64 | undefined;
  readonly verbose: boolean;
  readonly compileOnly: boolean;
  readonly disassemble: boolean;
}

export type MutableInvocation = { -readonly [K in keyof Invocation]: Mutable<Invocation[K]> };
type Mutable<T> = T extends readonly (infer E)[] ? E[] : T;
