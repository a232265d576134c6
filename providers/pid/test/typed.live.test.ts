import { describe, expect, test } from 'vitest';
import { build, engine, start, traced } from '../../../core/test/session/programs.js';

const SOURCE = `
struct inner { short a; unsigned b : 3, c : 7; };
struct node { int id; char name[16]; const char *label; struct node *next; struct inner in; };
__attribute__((noipa)) int visit(long depth, struct node *n, const char *why, short neg, double d, int after) {
  return -n->id;
}
__attribute__((noipa)) struct node *give(struct node *n) { return n->next; }
int main(void) {
  struct node b = { 8, "second", "lb" };
  struct node a = { 7, "first", "la", &b, { -3, 5, 77 } };
  ready();
  return visit(1, &a, "because", -5, 2.5, 42) + 7 + (give(&a) != &b);
}
`;

describe('args[] of a program with debugging information', () => {
  test('are of its own types; what they lead to is read from the process', async () => {
    const { pid, go } = await start(build('typed', SOURCE, ['-g']));
    const { text } = await traced(
      `pid${pid}::visit:entry {
         printf("%d %d %s %s ", args[0], args[1]->id, args[1]->name, stringof(args[1]->label));
         printf("%s %d %d %s ", stringof(args[2]), args[3], args[5], args[1]->next->name);
         printf("%d %d %d\\n", args[1]->in.a, args[1]->in.b, args[1]->in.c);
         self->n = args[1];
         this->copy = *args[1]->next;
         printf("%d %s\\n", this->copy.id, this->copy.name);
         print(*args[1]);
         @[args[1]->name] = count();
       }
       pid${pid}::visit:return { printf("%d %d\\n", args[1], self->n->id); }
       pid${pid}::give:return { printf("%s\\n", args[1]->name); }`,
      go,
    );
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        '1 7 first la because -5 42 second -3 5 77',
        '8 second',
        '(struct node) {',
        ' .id = (int)7,',
        'second',
      ]),
    );
    expect(text).toMatch(/\n}-7 7\n/);
    expect(text).toMatch(/\bfirst +1\n/);
  });

  test('and its types have names in scripts', async () => {
    const { pid, go } = await start(build('typed', SOURCE, ['-g']));
    expect(() => engine.compile(`BEGIN { this->n = (pid${pid}\`nothing_t *)0; }`)).toThrow(/type\.unknown/);
    const target = engine.compile('BEGIN { trace(sizeof(struct pid$target`inner)); }', { target: pid });
    expect(target.checked.clauses).toHaveLength(1);
    const { text } = await traced(
      `pid${pid}::visit:entry {
         this->n = (struct pid${pid}\`node *)arg1;
         printf("%d %s %d", this->n->id, this->n->next->name, sizeof(struct pid${pid}\`inner));
         printf(" %s", ((struct pid${pid}\`node *)copyin(arg1, 24))->name);
       }`,
      go,
    );
    expect(text.trim()).toBe('7 second 4 first');
  });

  test('one that a probe cannot see is an error that says so', async () => {
    const { pid } = await start(build('typed', SOURCE, ['-g']));
    const compiling = () => engine.compile(`pid${pid}::visit:entry { trace(args[4]); }`);
    expect(compiling).toThrow(/args\.missing/);
  });
});
