// Calls three deep and stays busy there.
function inner(n) {
  let sum = 0;
  for (let i = 0; i < 1e5; i++) sum += Math.sqrt(i * n);
  return sum;
}
function middle(n) {
  return inner(n) + 1;
}
function outer(n) {
  return middle(n) + 1;
}
for (;;) outer(3);
