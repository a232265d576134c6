#!/usr/bin/env node
// Every file that gets opened, as an async iterable.
//   sudo node examples/embedding/src/open-files.js [how many]
import { openDTrace } from '@dtrace/core';
import dtrace from '@dtrace/provider-dtrace';
import syscall from '@dtrace/provider-syscall';

const engine = await openDTrace({ providers: [dtrace, syscall] });
const program = engine.compile(
  'syscall::openat:entry { trace(execname); trace(pid); trace(copyinstr(arg1)); }',
);
await using(engine.session(program), async (session) => {
  let left = Number(process.argv[2] ?? 10);
  const records = session.records();
  await session.start();
  for await (const { actions } of records) {
    const [name, pid, path] = actions.map(({ values }) => values[0]);
    console.log(`${name}[${pid}] ${path}`);
    if (--left === 0) break;
  }
});

/** `await using`, for a Node that does not have it yet. */
async function using(session, body) {
  try {
    await body(session);
  } finally {
    await session.close();
  }
}
