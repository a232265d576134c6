// Asks dtraced as a user without rights: node client.mjs UID SOCKET < cases. A line of JSON for each result.
import { readFileSync } from 'node:fs';
import { BrokerSession } from '@dtrace/broker';

const [uid, socket] = process.argv.slice(2);
const cases = JSON.parse(readFileSync(0, 'utf8'));
process.setgroups([]);
process.setgid(Number(uid));
process.setuid(Number(uid));

/** Several at a time: each has a process of its own. */
const AT_ONCE = 3;

async function run({ script, options = [], target }) {
  const session = new BrokerSession(script, { socket, options, target });
  const seen = { texts: [], values: [], rows: [], faults: [], complaints: [] };
  session.on('record', ({ actions }) => {
    for (const { text, values } of actions) {
      if (text !== undefined) seen.texts.push(text);
      seen.values.push(...values);
    }
  });
  session.on('aggregations', (all) => seen.rows.push(...all.flatMap(({ rows }) => rows)));
  session.on('fault', ({ message, address }) => seen.faults.push({ message, address }));
  session.on('complaint', (line) => seen.complaints.push(line));
  try {
    seen.status = (await session.run()).status;
  } catch (error) {
    const { diagnostics } = error;
    seen.error = diagnostics ? diagnostics.map(({ tag, id }) => `${tag} ${id}`).join(', ') : error.message;
  }
  return seen;
}

const plain = (_, value) => (typeof value === 'bigint' ? String(value) : value);
let next = 0;
async function work() {
  while (next < cases.length) {
    const index = next++;
    process.stdout.write(`${JSON.stringify({ index, ...(await run(cases[index])) }, plain)}\n`);
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
