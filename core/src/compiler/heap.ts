/**
 * Scratch memory that outlives a statement: what a clause asks for with alloca() and copyin(), and what subroutines
 * remember from one call to the next. All places are laid out before any code is written.
 */
import type { CheckedClause, Expr, ExprOf } from '../language/checked.js';
import type { Code } from './code.js';
import type { V } from './ir/ir.js';
import { forEachExpr } from './walk.js';

export interface Place {
  /** From `scratchBase`. */
  readonly offset: number;
  readonly size: number;
}

/** Subroutines that give scratch memory: the position of the argument that says how much. */
const REQUESTS: Readonly<Record<string, number>> = { alloca: 0, copyin: 1 };

/** Bytes that some subroutines keep for the whole program, its first word cleared when the program starts. */
const REMEMBERED: Readonly<Record<string, (strsize: number) => number>> = {
  strtok: (strsize) => 16 + 2 * strsize,
};

export class Heap {
  private readonly places = new Map<Expr, Place>();
  private readonly kept = new Map<string, number>();
  /** What the requests of each clause may be given: all clauses use the same bytes, one after the other. */
  private readonly sizes = new Map<CheckedClause, number>();
  private offset = 0;
  /** Bytes that pointers may lead to in the clause that is being written. */
  size = 0;

  constructor(
    private readonly code: Code,
    clauses: readonly CheckedClause[],
  ) {
    const requests = clauses.map((clause) => requestsOf(clause, code.unit.options.scratchsize));
    const sizes = requests.map((list) => list.reduce((sum, { size }) => sum + roundUp(size), 0));
    const size = Math.max(0, ...sizes);
    clauses.forEach((clause, i) => {
      this.sizes.set(clause, sizes[i] ?? 0);
    });
    if (requests.some((list) => list.length > 0)) this.layOut(requests, size);
    for (const clause of clauses) {
      forEachExpr(clause, (expr) => {
        const bytes = expr.kind === 'call' ? REMEMBERED[expr.name] : undefined;
        if (expr.kind !== 'call' || !bytes || this.kept.has(expr.name)) return;
        const offset = code.scratchOffset(bytes(code.unit.options.strsize));
        code.clearedAtStart.push(offset);
        this.kept.set(expr.name, offset);
      });
    }
  }

  private layOut(requests: readonly Request[][], size: number): void {
    // As much again behind it: copies of unknown place and length stay inside whatever the verifier imagines.
    this.offset = this.code.scratchOffset(2 * Math.max(size, 8));
    for (const list of requests) {
      let at = this.offset;
      for (const { call, size } of list) {
        this.places.set(call, { offset: at, size });
        at += roundUp(size);
      }
    }
  }

  /** Memory of one clause is nothing to another. */
  enter(clause: CheckedClause): void {
    this.size = this.sizes.get(clause) ?? 0;
  }

  place(call: Expr): Place {
    const place = this.places.get(call);
    if (!place) throw new Error('scratch memory was not laid out for this call');
    return place;
  }

  /** Scratch offset of what a subroutine keeps. */
  remembered(name: string): number {
    const offset = this.kept.get(name);
    if (offset === undefined) throw new Error(`nothing is kept for ${name}()`);
    return offset;
  }

  address(): V {
    return this.code.b.address(this.code.scratchBase, this.offset);
  }
}

interface Request {
  readonly call: Expr;
  readonly size: number;
}

function requestsOf(clause: CheckedClause, limit: number): Request[] {
  const found: Request[] = [];
  forEachExpr(clause, (expr) => {
    const position = expr.kind === 'call' ? REQUESTS[expr.name] : undefined;
    if (expr.kind !== 'call' || position === undefined) return;
    found.push({ call: expr, size: requestedSize(expr, position, limit) });
  });
  return found;
}

function requestedSize(call: ExprOf<'call'>, position: number, limit: number): number {
  const size = constantSize(call.arguments[position]!);
  return size === undefined ? limit : Math.max(0, Number(size));
}

function constantSize(expr: Expr): bigint | undefined {
  return expr.kind === 'constant' ? expr.value : undefined;
}

const roundUp = (size: number): number => (size + 7) & ~7;
