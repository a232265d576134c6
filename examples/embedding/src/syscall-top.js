#!/usr/bin/env node
// Who makes the most system calls? Prints a table every second: an aggregation, read as data.
//   sudo node examples/embedding/src/syscall-top.js [seconds]
import { CompileError, formatDiagnostic, openDTrace } from '@dtrace/core';
import dtrace from '@dtrace/provider-dtrace';
import profile from '@dtrace/provider-profile';
import syscall from '@dtrace/provider-syscall';

const SCRIPT = `
  syscall:::entry { @calls[execname, probefunc] = count(); }
  tick-1s { printa(@calls); trunc(@calls); }
  tick-1s /++seconds == $1/ { exit(0); }
`;

const seconds = process.argv[2] ?? '5';
const engine = await openDTrace({ providers: [dtrace, profile, syscall] });

try {
  const program = engine.compile(SCRIPT, { arguments: ['syscall-top', seconds] });
  const session = engine.session(program);
  session.on('aggregations', ([calls]) => {
    const rows = calls?.rows.toReversed().slice(0, 10) ?? [];
    console.table(rows.map(({ key: [name, call], value }) => ({ name, call, value })));
  });
  session.on('drop', ({ text }) => console.error(text));
  process.once('SIGINT', () => void session.stop());
  await session.run();
} catch (error) {
  if (!(error instanceof CompileError)) throw error;
  for (const diagnostic of error.diagnostics) console.error(formatDiagnostic(diagnostic, { frame: true }));
  process.exitCode = 1;
}
