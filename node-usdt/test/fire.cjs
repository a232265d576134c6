// A program with probes, in CommonJS as most that use such probes are. Waits for a line before each round.
const { createDTraceProvider } = require('@dtrace/node-provider');

const shop = createDTraceProvider('nodeshop', 'till');
const sold = shop.addProbe('sold', 'char *', 'int', 'uint8', 'int64');
shop.addProbe('order-made', 'json');
const never = shop.addProbe('never', 'int');
shop.addProbe('long', ...Array.from({ length: 32 }, () => 'int'));
shop.removeProbe(never);
shop.enable();

let prepared = 0;
const fired = [];
function round(n) {
  fired.push(
    sold.fire(() => {
      prepared++;
      return [`tea ${n}`, -n, 300, -5_000_000_000n];
    }),
  );
  shop.fire('order-made', function (probe) {
    if (this !== probe) throw new Error('the function is not given its probe');
    return [{ customer: n, items: ['tea', 'milk'] }];
  });
  shop.long.fire((start) => Array.from({ length: 32 }, (_, i) => start + i), 100);
  shop.fire('never', () => [1]);
  shop.fire('unknown', () => [1]);
}

let n = 0;
process.stdin.on('data', () => {
  round(++n);
  if (n === 2) {
    shop.disable();
    round(3);
    process.stdout.write(JSON.stringify({ prepared, fired: fired.map(Boolean), enabled: sold.enabled }));
    process.exit(0);
  }
  process.stdout.write('ready\n');
});
process.stdout.write('ready\n');
