#!/usr/bin/env node
// How long a web server takes to answer, for Prometheus: no change to the server.
//   sudo node examples/embedding/src/http-latency-exporter.js PID [PORT]     then: curl localhost:9464/metrics
import { createServer } from 'node:http';
import { openDTrace } from '@dtrace/core';
import dtrace from '@dtrace/provider-dtrace';
import syscall from '@dtrace/provider-syscall';
import { httpRequests } from './http-requests.js';

const [pid, port = '9464'] = process.argv.slice(2);
if (pid === undefined) {
  console.error('usage: http-latency-exporter.js PID [PORT]');
  process.exit(2);
}

const METRIC = 'http_server_request_duration_seconds';
const script = httpRequests(`
  @took[this->status] = quantize(this->took);
  @total[this->status] = sum(this->took);`);

const engine = await openDTrace({ providers: [dtrace, syscall] });
const session = engine.session(engine.compile(script, { arguments: ['exporter', pid] }));
session.on('drop', ({ text }) => console.error(text));
await session.start();

/** Prometheus wants each bucket to hold all that is below it too. */
function* samples(status, buckets, sum) {
  let count = 0;
  for (const { to, count: held } of buckets) {
    count += Number(held);
    yield `${METRIC}_bucket{code="${status}",le="${(Number(to) + 1) / 1e9}"} ${count}`;
  }
  yield `${METRIC}_bucket{code="${status}",le="+Inf"} ${count}`;
  yield `${METRIC}_sum{code="${status}"} ${sum / 1e9}`;
  yield `${METRIC}_count{code="${status}"} ${count}`;
}

function metrics() {
  const [took, total] = ['took', 'total'].map(
    (wanted) => session.aggregations().find(({ name }) => name === wanted)?.rows ?? [],
  );
  const sums = new Map(total.map(({ key, value }) => [key[0], Number(value)]));
  const lines = took.flatMap(({ key, buckets }) => [...samples(key[0], buckets, sums.get(key[0]) ?? 0)]);
  return [
    `# HELP ${METRIC} From a request's first bytes to its answer's.`,
    `# TYPE ${METRIC} histogram`,
    ...lines,
    '# TYPE dtrace_drops_total counter',
    ...[...session.drops()].map(([kind, count]) => `dtrace_drops_total{kind="${kind}"} ${count}`),
    '',
  ].join('\n');
}

const server = createServer((request, response) => {
  if (request.url !== '/metrics') response.writeHead(404).end('/metrics\n');
  else response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
});
server.listen(Number(port), '127.0.0.1', () =>
  console.log(`http://localhost:${server.address().port}/metrics`),
);

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void session.stop().then(() => process.exit()));
