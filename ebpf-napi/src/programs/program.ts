import type { KernelBtf } from '../btf/index.js';
import type { BpfMap } from '../maps/map.js';
import { closeFd, runAsync, runSync } from '../syscall.js';
import { type ProgramInfo, programInfo } from './info.js';
import { type LoadOptions, loadProgram } from './load.js';
import { type TestRunOptions, type TestRunResult, testRun } from './test-run.js';
import type { ProgramSpec } from './types.js';

/** A loaded program. The kernel keeps it as long as it is open here or attached. */
export class Program {
  #fd: number;

  private constructor(
    readonly spec: ProgramSpec,
    fd: number,
  ) {
    this.#fd = fd;
  }

  /**
   * Loads on the thread pool. `maps` are those that the instructions name. `btf` is needed for kfuncs and
   * tracing programs and is the running kernel's unless given.
   */
  static async load(
    spec: ProgramSpec,
    maps: ReadonlyMap<string, BpfMap>,
    btf?: KernelBtf,
    options: LoadOptions = {},
  ): Promise<Program> {
    return new Program(spec, await runAsync(loadProgram(spec, maps, btf, options)));
  }

  static loadSync(
    spec: ProgramSpec,
    maps: ReadonlyMap<string, BpfMap>,
    btf?: KernelBtf,
    options: LoadOptions = {},
  ): Program {
    return new Program(spec, runSync(loadProgram(spec, maps, btf, options)));
  }

  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }

  info(): ProgramInfo {
    return programInfo(this.#fd, this.spec.name);
  }

  /** Runs it here and now. Raw tracepoint, syscall and packet programs only. */
  testRun(options: TestRunOptions = {}): TestRunResult {
    return runSync(testRun(this.#fd, this.spec, options));
  }

  close(): void {
    if (this.#fd < 0) return;
    closeFd(this.#fd);
    this.#fd = -1;
  }
}
