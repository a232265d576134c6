/**
 * The checked program: what a script means. Names are resolved, conversions explicit, sugar gone: inlines and
 * translators are expanded, macro variables replaced, sizes folded, pointer arithmetic scaled. The compiler
 * reads this and nothing earlier.
 *
 * Value model. Integer, enum and pointer expressions are 64-bit values in the range of their type (sign- or
 * zero-extended); results of arithmetic may be wider, until they are converted, stored or recorded. Records and arrays have no value of their own: their expressions evaluate to the
 * address of their bytes. Strings are values.
 */
import type { ProbeDescription, ProbeNumber } from './ast.js';
import type { Span } from './source.js';
import type { Member, StringType, Type } from './types.js';

export interface CheckedProgram {
  /** One per clause and probe description, in the order written. */
  readonly clauses: readonly CheckedClause[];
  readonly variables: readonly Variable[];
  readonly aggregations: readonly Aggregation[];
  /** `#pragma D option name[=value]`, in the order met. */
  readonly options: readonly { readonly name: string; readonly value?: string; readonly span: Span }[];
}

export interface CheckedClause {
  readonly span: Span;
  readonly description: ProbeDescription | ProbeNumber;
  /** Position of the written clause in the program (several descriptions share one). */
  readonly clause: number;
  readonly predicate?: Expr;
  /** Empty `body` with `defaultAction`: the record has no fields but is still printed. */
  readonly defaultAction: boolean;
  readonly body: readonly Stmt[];
}

export interface Variable {
  readonly id: number;
  readonly scope: 'global' | 'self' | 'this';
  readonly name: string;
  readonly type: Type;
  /** Key types of an associative array; undefined for a scalar. */
  readonly keys?: readonly Type[];
  readonly span: Span;
}

export type AggregatingFunction =
  | 'count'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'stddev'
  | 'quantize'
  | 'lquantize'
  | 'llquantize';

export interface Aggregation {
  readonly id: number;
  /** Without the `@`; empty for `@`. */
  readonly name: string;
  readonly function: AggregatingFunction;
  /** lquantize: base, limit, step. llquantize: factor, low, high, steps. Others: none. */
  readonly parameters: readonly bigint[];
  readonly keys: readonly Type[];
  readonly span: Span;
}

/** A `provider` declaration: what the author of a program says of its probes. */
export interface DeclaredProvider {
  readonly name: string;
  readonly probes: readonly DeclaredProbe[];
  readonly span: Span;
}

export interface DeclaredProbe {
  /** As scripts write it: `query-start`. */
  readonly name: string;
  /** As it was written: `query__start`. */
  readonly symbol: string;
  /** What programs pass. */
  readonly parameters: readonly Type[];
  /** args[]: which parameter each is made of, and what it is then. */
  readonly args: readonly { readonly parameter: number; readonly type: Type }[];
  readonly span: Span;
}

// ---- statements ----------------------------------------------------------------------------------------

export type Stmt =
  | { readonly kind: 'expression'; readonly span: Span; readonly value: Expr }
  | AggregateStmt
  | ActionStmt
  | {
      readonly kind: 'if';
      readonly span: Span;
      readonly condition: Expr;
      readonly then: readonly Stmt[];
      readonly else: readonly Stmt[];
    }
  | {
      readonly kind: 'loop';
      readonly span: Span;
      readonly condition?: Expr;
      /** Tested after the body instead of before it. */
      readonly testLast: boolean;
      readonly step?: Expr;
      readonly body: readonly Stmt[];
    }
  | { readonly kind: 'break' | 'continue'; readonly span: Span }
  /** Leaves the innermost block expression; what it returns is in the result variable already. */
  | { readonly kind: 'return'; readonly span: Span };

export interface AggregateStmt {
  readonly kind: 'aggregate';
  readonly span: Span;
  readonly aggregation: Aggregation;
  readonly keys: readonly Expr[];
  /** The aggregated value; absent for count(). */
  readonly value?: Expr;
  /** quantize and friends: increment, default 1. */
  readonly weight?: Expr;
}

/**
 * An action: printf, trace, stack (as a statement), exit, printa, clear, … `arguments` are the data it records,
 * in order. What is fixed at compile time stands beside them.
 */
export interface ActionStmt {
  readonly kind: 'action';
  readonly span: Span;
  readonly name: string;
  readonly arguments: readonly Expr[];
  /** printf, printa, system, freopen: the format text. */
  readonly format?: string;
  /** printa, clear, trunc, normalize, denormalize: the aggregations named, in order. */
  readonly aggregations?: readonly Aggregation[];
  /** Constants of the action: stack depth, trunc count, tracemem size, setopt texts, … */
  readonly constants?: readonly (bigint | string)[];
}

// ---- expressions ---------------------------------------------------------------------------------------

interface Typed {
  readonly span: Span;
  readonly type: Type;
}

export interface Temp {
  readonly id: number;
  readonly type: Type;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Bit field inside the loaded unit: `offset` from the least significant bit of the `type`-sized unit at the address. */
export interface Bits {
  readonly offset: number;
  readonly size: number;
}

export type Expr =
  | (Typed & { readonly kind: 'constant'; readonly value: bigint })
  | (Typed & { readonly kind: 'string'; readonly type: StringType; readonly value: string })
  /** pid, execname, timestamp, curthread, probefunc, stackdepth, …: any predefined scalar except args. */
  | (Typed & { readonly kind: 'builtin'; readonly name: string })
  /** arg0 … arg9: int64_t. */
  | (Typed & { readonly kind: 'arg'; readonly index: number })
  /** args[i], already of the probe's type (translated ones are expanded to expressions over these). */
  | (Typed & { readonly kind: 'probe-arg'; readonly index: number })
  | (Typed & { readonly kind: 'variable'; readonly variable: Variable })
  /** Associative array element; keys converted to the variable's key types. */
  | (Typed & { readonly kind: 'element'; readonly variable: Variable; readonly keys: readonly Expr[] })
  /** Built-in arrays: uregs[i], fds[i]… */
  | (Typed & { readonly kind: 'builtin-element'; readonly name: string; readonly keys: readonly Expr[] })
  /** Scalar at an address; for records, arrays: the address itself, typed. `bits`: a bit field. */
  | (Typed & { readonly kind: 'load'; readonly address: Expr; readonly bits?: Bits })
  /** &variable, or the address of a record/array variable's or element's bytes. */
  | (Typed & { readonly kind: 'address-of'; readonly target: VariableTarget })
  /** Operands already converted to the result type. `!` yields int 0 or 1. */
  | (Typed & { readonly kind: 'unary'; readonly operator: '-' | '~' | '!'; readonly operand: Expr })
  | (Typed & {
      readonly kind: 'arithmetic';
      readonly operator: ArithmeticOperator;
      readonly left: Expr;
      readonly right: Expr;
    })
  /** Operands of one common type, integer/pointer or both strings; result int. */
  | (Typed & {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expr;
      readonly right: Expr;
    })
  /** Operands are scalars or strings (true when not empty… as D has it); result int 0 or 1. */
  | (Typed & {
      readonly kind: 'logical';
      readonly operator: '&&' | '||' | '^^';
      readonly left: Expr;
      readonly right: Expr;
    })
  | (Typed & {
      readonly kind: 'conditional';
      readonly condition: Expr;
      readonly then: Expr;
      readonly else: Expr;
    })
  | (Typed & { readonly kind: 'comma'; readonly left: Expr; readonly right: Expr })
  /** Integer/pointer conversion: truncate and extend to `type`. */
  | (Typed & { readonly kind: 'convert'; readonly operand: Expr })
  /** Reads the string at an address (stringof, implicit char* to string). */
  | (Typed & { readonly kind: 'stringof'; readonly type: StringType; readonly operand: Expr })
  /**
   * The constant 0 assigned to a string or record deletes it (frees an element or thread-local, else NULL).
   * `operator` for compound assignment: target = convert(convert(target, operandType) op value). Result: the new value.
   */
  | (Typed & {
      readonly kind: 'assign';
      readonly target: Target;
      readonly operator?: ArithmeticOperator;
      /** The common type the arithmetic of a compound assignment is done in. */
      readonly operandType?: Type;
      readonly value: Expr;
    })
  /** ++ and --: adds `delta` (scaled for pointers). `prefix`: the result is the new value, else the old. */
  | (Typed & {
      readonly kind: 'update';
      readonly target: Target;
      readonly delta: bigint;
      readonly prefix: boolean;
    })
  /**
   * `charat(string, int)` and `isnull(string)` are the checker's own: a character of a string value (0 past its
   * end), and whether there is a string at all (`s == NULL`). A NULL argument is `stringof` of the constant 0.
   *
   * A subroutine: strlen, copyinstr, substr, stack(), sym() …; missing optional arguments are simply absent.
   */
  | (Typed & { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expr[] })
  /** A struct made of member values, in temporary memory; members not listed are zero. */
  | (Typed & {
      readonly kind: 'record';
      readonly members: readonly { readonly member: Member; readonly value: Expr }[];
    })
  /** Names a value used several times (translator parameters): evaluated once, before `body`. */
  | (Typed & { readonly kind: 'let'; readonly temp: Temp; readonly value: Expr; readonly body: Expr })
  | (Typed & { readonly kind: 'temp'; readonly temp: Temp })
  /** The call of a D function: its statements, then the value of what they left in `result` (void: nothing). */
  | (Typed & { readonly kind: 'block'; readonly body: readonly Stmt[]; readonly result?: Expr });

export type ExprOf<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>;

export type VariableTarget = ExprOf<'variable'> | ExprOf<'element'>;
/** What may be written: variables, elements, and memory through a pointer to scratch (alloca) space or a variable. */
export type Target = VariableTarget | ExprOf<'load'>;
