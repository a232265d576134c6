/** What live tests of sessions share. */
import dtraceProvider from '../../../providers/dtrace/src/index.js';
import profileProvider from '../../../providers/profile/src/index.js';
import syscallProvider from '../../../providers/syscall/src/index.js';
import { type CompileRequest, DTrace, LocalHost, TextOutput } from '../../src/index.js';
import type { SessionOptions } from '../../src/session/session.js';

/** One engine for all: it holds no kernel resources, and reading the kernel's types takes time. */
export const engine = new DTrace(new LocalHost(), [dtraceProvider, profileProvider, syscallProvider]);

export interface RunResult {
  readonly text: string;
  readonly complaints: readonly string[];
  readonly status: number | undefined;
}

type RunOptions = SessionOptions & { readonly stopAfter?: number };

/** Runs a script to its end and gives what it printed. */
export function run(
  script: string,
  request: CompileRequest = {},
  options: RunOptions = {},
): Promise<RunResult> {
  return runOn(engine, script, request, options);
}

export async function runOn(
  on: DTrace,
  script: string,
  request: CompileRequest = {},
  options: RunOptions = {},
): Promise<RunResult> {
  const program = on.compile(script, {
    ...request,
    options: [['quiet', undefined], ...(request.options ?? [])],
  });
  let text = '';
  const complaints: string[] = [];
  const output = new TextOutput(
    {
      write(part) {
        text += part;
      },
    },
    (line) => complaints.push(line),
    program.options.consumer,
  );
  const session = on.session(program, { output, ...options });
  const timer =
    options.stopAfter === undefined ? undefined : setTimeout(() => void session.stop(), options.stopAfter);
  const { status } = await session.run().finally(() => clearTimeout(timer));
  return { text, complaints, status };
}
