import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../src/language/parser/index.js';
import { show, written } from './support.js';

const isTypeName = (name: string) => ['foo_t', 'T', 'vnode'].includes(name);
const read = (text: string) => {
  const { value, diagnostics } = parseExpression(text, { isTypeName });
  return value ? show(value) : diagnostics.map((d) => d.tag).join();
};

const cases: readonly [string, string][] = [
  // precedence
  ['a + b * c', '(+ a (* b c))'],
  ['a - b - c', '(- (- a b) c)'],
  ['a << 1 + 2', '(<< a (+ 1 2))'],
  ['a < b == c > d', '(== (< a b) (> c d))'],
  ['a & b == c', '(& a (== b c))'],
  ['a | b ^ c & d', '(| a (^ b (& c d)))'],
  ['a || b ^^ c && d', '(|| a (^^ b (&& c d)))'],
  ['a && b ^^ c || d', '(|| (^^ (&& a b) c) d)'],
  ['a ? b : c ? d : e', '(? a b (? c d e))'],
  ['a ? b, c : d', '(? a (, b c) d)'],
  ['a = b = c', '(= a (= b c))'],
  ['a <<= b ? c : d', '(<<= a (? b c d))'],
  ['a, b, c', '(, (, a b) c)'],
  ['-a.b', '(- (. a b))'],
  ['!a == b', '(== (! a) b)'],
  ['*p++', '(* (_++ p))'],
  ['++*p', '(++_ (* p))'],
  ['- -1', '(- (- 1))'],
  ['~a & b', '(& (~ a) b)'],
  ['&a->b[3]', '(& (index (-> a b) 3))'],
  // values
  ['0x1FuL', '31ul'],
  ['017', '15'],
  ['1.5e3', 'float:1.5e3'],
  ["'a'", 'char:97'],
  ["'ab'", 'char:24930'],
  ['"a\\n" "b"', '"a\\nb"'],
  ['$pid + $$1 + $# + $0', '(+ (+ (+ $pid $$1) $#) $0)'],
  ['`jiffies', '`jiffies'],
  ['8021q`vlan_id', '8021q`vlan_id'],
  ['self->x + this->y', '(+ self->x this->y)'],
  ['a.self->string.import', '(. (-> (. a self) string) import)'],
  ['@', '@'],
  ['@a[pid, "x"]', '(@a pid "x")'],
  ['f()', '(call f)'],
  ['f(a, b = 1)', '(call f a (= b 1))'],
  ['a[1, 2][3]', '(index (index a 1 2) 3)'],
  // types
  ['(int)x', '(cast int x)'],
  ['(unsigned long long)-1', '(cast unsigned+long+long (- 1))'],
  ['(foo_t)-1', '(cast <foo_t> (- 1))'],
  ['(foo)-1', '(- foo 1)'],
  ['(foo)x', '(cast <foo> x)'],
  ['(foo *)x', '(cast <foo> * x)'],
  ['(struct s *)(uintptr_t)p', '(cast struct s * (cast <uintptr_t> p))'],
  ['(struct s *)p->q', '(cast struct s * (-> p q))'],
  ['(mod`vnode *)x', '(cast <mod`vnode> * x)'],
  ['(struct mod`task *)x', '(cast struct mod`task * x)'],
  ['(mod`struct task *)x', '(cast struct mod`task * x)'],
  ['(int (*)(char, ...))x', '(cast int * (char, ...) x)'],
  ['(int (*[3])(void))x', '(cast int [3] * (void) x)'],
  ['(string)x', '(cast string x)'],
  ['("x")', '"x"'],
  ['(const char * const *)x', '(cast const char * *const x)'],
  ['sizeof x + 1', '(+ (sizeof x) 1)'],
  ['sizeof (int) + 1', '(+ (sizeof int) 1)'],
  ['sizeof (x)', '(sizeof x)'],
  ['sizeof (x).y', '(sizeof (. x y))'],
  ['sizeof (T)', '(sizeof <T>)'],
  ['offsetof(struct s, self)', '(offsetof struct s self)'],
  ['stringof a->b', '(stringof (-> a b))'],
  ['stringof(p)', '(stringof p)'],
  ['xlate <struct s *>(p)->q', '(-> (xlate struct s * p) q)'],
  // mistakes
  ['', 'D_SYNTAX'],
  ['a +', 'D_SYNTAX'],
  ['(a', 'D_SYNTAX'],
  ['a b', 'D_SYNTAX'],
  ['a[]', 'D_SYNTAX'],
  ['goto', 'D_SYNTAX'],
  ['0x', 'D_SYNTAX'],
  ['08', 'D_INT_DIGIT'],
];

describe('parseExpression', () => {
  for (const [text, tree] of cases) {
    test(text || '(empty)', () => expect(read(text)).toBe(tree));
  }

  test('spans cover what was written', () => {
    const text = '  a + f(b , (int) c) [ 1 ] ';
    const { value } = parseExpression(text);
    if (value?.kind !== 'binary' || value.right.kind !== 'index') throw new Error('shape');
    expect(written(value.span)).toBe('a + f(b , (int) c) [ 1 ]');
    expect(written(value.right.object.span)).toBe('f(b , (int) c)');
    const call = value.right.object;
    expect(call.kind === 'call' && written(call.arguments[1]!.span)).toBe('(int) c');
  });
});
