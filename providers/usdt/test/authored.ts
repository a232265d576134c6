/** Programs with probes that `dtrace -h` and `dtrace -G` made, built by a compiler of the test's choice. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerText, machineOfAll, objectBytes } from '../../../core/src/index.js';
import { engine, PRELUDE } from '../../../core/test/session/programs.js';

export const isInstalled = (compiler: string): boolean =>
  spawnSync(compiler, ['--version'], { stdio: 'ignore' }).status === 0;

/** Leaves `prov.h` and `prov.o` in a folder. */
export function author(folder: string, text: string): void {
  const declarations = engine.declarations([{ name: 'prov.d', text }]);
  writeFileSync(join(folder, 'prov.h'), headerText(declarations.providers, 'prov.h'));
  writeFileSync(join(folder, 'prov.o'), objectBytes(declarations, machineOfAll([], engine.host.arch)));
}

interface Build {
  readonly folder: string;
  readonly name: string;
  readonly source: string;
  readonly compiler?: string;
  readonly flags?: readonly string[];
}

/** Every warning is an error: what the header brings along is clean. */
export function compile({ folder, name, source, compiler = 'cc', flags = [] }: Build): string {
  const extension = compiler.endsWith('++') ? 'cc' : 'c';
  const [file, output] = [join(folder, `${name}.${extension}`), join(folder, name)];
  writeFileSync(file, PRELUDE + source);
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-function', '-Wno-unused-parameter'];
  const args = ['-O2', ...warnings, file, '-o', output, `-I${folder}`, ...flags];
  execFileSync(compiler, args, { stdio: 'pipe' });
  return output;
}

export const PROVIDED = 'prov.o';
