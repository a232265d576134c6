#!/usr/bin/env node
// A span for every HTTP request of a process, sent to an OpenTelemetry collector as OTLP/JSON: no change to the server.
//   sudo node examples/embedding/src/otel-spans.js PID [http://localhost:4318]
import { randomBytes } from 'node:crypto';
import { openDTrace } from '@dtrace/core';
import dtrace from '@dtrace/provider-dtrace';
import syscall from '@dtrace/provider-syscall';
import { httpRequests } from './http-requests.js';

const [pid, collector = 'http://localhost:4318'] = process.argv.slice(2);
if (pid === undefined) {
  console.error('usage: otel-spans.js PID [COLLECTOR]');
  process.exit(2);
}
const MOST = 512;
const EVERY = 1000;

const engine = await openDTrace({ providers: [dtrace, syscall] });
const script = httpRequests(
  'trace(execname); trace(this->path); trace(this->status); trace(walltimestamp - this->took); trace(this->took);',
);
const session = engine.session(engine.compile(script, { arguments: ['spans', pid] }));
const requests = session.rows({
  name: 'string',
  path: 'string',
  status: 'string',
  begun: 'bigint',
  took: 'bigint',
});
const string = (key, value) => ({ key, value: { stringValue: value } });

function spanOf({ path, status, begun, took }) {
  const [method, target = ''] = path.split(' ');
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: `${method} ${target}`,
    kind: 2,
    startTimeUnixNano: String(begun),
    endTimeUnixNano: String(begun + took),
    attributes: [
      string('http.request.method', method),
      string('url.path', target),
      { key: 'http.response.status_code', value: { intValue: status } },
    ],
    status: { code: status.startsWith('5') ? 2 : 0 },
  };
}

let waiting = [];
let service = '';

async function send() {
  if (waiting.length === 0) return;
  const spans = waiting.splice(0, MOST);
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [string('service.name', service), string('process.pid', pid)] },
        scopeSpans: [{ scope: { name: 'dtrace' }, spans }],
      },
    ],
  };
  try {
    const answer = await fetch(`${collector}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    console.log(`${spans.length} spans`);
  } catch (error) {
    console.error(`${spans.length} spans lost: ${error.cause?.message ?? error.message}`);
  }
}

await session.start();
console.log('tracing');
const timer = setInterval(() => void send(), EVERY);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void session.stop());
for await (const request of requests) {
  service = request.name;
  // A collector that is away is not waited for: the oldest go.
  waiting = [...waiting.slice(-MOST + 1), spanOf(request)];
}
clearInterval(timer);
await send();
