#!/usr/bin/env node
// A live page: how long read() and write() take, as a heat map that moves. Server-sent events, no dependencies.
//   sudo node examples/embedding/src/latency-page.js [PORT]     then open http://localhost:8080
import { createServer } from 'node:http';
import { openDTrace } from '@dtrace/core';
import dtrace from '@dtrace/provider-dtrace';
import syscall from '@dtrace/provider-syscall';

const SCRIPT = `
  syscall::read:entry, syscall::write:entry { self->at = timestamp; }
  syscall::read:return, syscall::write:return /self->at/ { @ = quantize(timestamp - self->at); self->at = 0; }`;

const PAGE = `<!doctype html><meta charset="utf-8"><title>read() and write()</title>
<style>body { font: 14px ui-monospace, monospace; background: #111; color: #ddd; margin: 2em }</style>
<h1>How long read() and write() take</h1><canvas width="1000" height="480"></canvas><p id="now"></p>
<script>
const canvas = document.querySelector('canvas'), context = canvas.getContext('2d');
const rows = 34, width = 8, height = canvas.height / rows;
const name = (ns) => ns < 1e3 ? ns + ' ns' : ns < 1e6 ? (ns / 1e3).toFixed(0) + ' µs' : ns < 1e9 ? (ns / 1e6).toFixed(0) + ' ms' : (ns / 1e9).toFixed(1) + ' s';
new EventSource('/events').onmessage = ({ data }) => {
  const buckets = JSON.parse(data), right = canvas.width - width;
  context.drawImage(canvas, -width, 0);
  context.fillStyle = '#111';
  context.fillRect(right, 0, width, canvas.height);
  const most = Math.max(1, ...buckets.map(([, count]) => count));
  for (const [from, count] of buckets) {
    const row = from < 1 ? 0 : Math.floor(Math.log2(from)) + 1;
    context.fillStyle = 'hsl(' + (50 - 50 * count / most) + ', 90%, ' + (20 + 50 * Math.log1p(count) / Math.log1p(most)) + '%)';
    context.fillRect(right, canvas.height - (row + 1) * height, width, height - 1);
  }
  const total = buckets.reduce((sum, [, count]) => sum + count, 0);
  document.querySelector('#now').textContent = total + ' calls in the last second' +
    (total ? ', from ' + name(buckets[0][0]) + ' to ' + name(buckets.at(-1)[0]) : '');
};
</script>`;

const engine = await openDTrace({ providers: [dtrace, syscall] });
const session = engine.session(engine.compile(SCRIPT));
await session.start();

const readers = new Set();
const server = createServer((request, response) => {
  if (request.url !== '/events') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  readers.add(response);
  response.on('close', () => readers.delete(response));
});
server.listen(Number(process.argv[2] ?? 8080), '127.0.0.1', () =>
  console.log(`http://localhost:${server.address().port}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void session.stop());

for await (const [aggregation] of session.deltas(1000)) {
  const buckets = aggregation?.rows[0]?.buckets ?? [];
  const data = JSON.stringify(buckets.map(({ from, to, count }) => [Number(from ?? to), Number(count)]));
  for (const reader of readers) reader.write(`data: ${data}\n\n`);
}
process.exit();
