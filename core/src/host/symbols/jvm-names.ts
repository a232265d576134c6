import { dirname, join } from 'node:path';
import type { HostFiles } from '../host.js';

/** Milliseconds a virtual machine may take to answer. */
const PATIENCE = 10_000;

/**
 * Has a Java virtual machine write the names of its compiled code to its /tmp/perf-PID.map (JDK 17 and newer), by the
 * diagnostic command it is made for. Nothing is loaded into it. Any other process is left alone.
 */
export async function writeJvmNames(files: HostFiles, tgid: number): Promise<void> {
  const maps = files.readText(`/proc/${tgid}/maps`);
  const executable = files.readLink(`/proc/${tgid}/exe`);
  if (executable === undefined || !maps?.includes('/libjvm.so')) return;
  // Loaded when there is a Java program at all.
  const { execFile } = process.getBuiltinModule('node:child_process');
  const own = join(dirname(executable), 'jcmd');
  const jcmd = files.inode(own) === undefined ? 'jcmd' : own;
  await new Promise<void>((resolve) => {
    // One that cannot answer has no names: its frames stay addresses.
    execFile(jcmd, [String(tgid), 'Compiler.perfmap'], { timeout: PATIENCE }, () => resolve());
  });
}
