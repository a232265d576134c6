/** -h and -G: what programs with probes of their own are built with. Nothing is traced and no rights are needed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type Declarations,
  type DTrace,
  headerText,
  LinkError,
  machineOfAll,
  type ObjectFile,
  objectBytes,
  refuseCalls,
} from '@dtrace/core';
import { isOn, readDeclarations, reporting } from './engine.js';
import type { Invocation, ProgramArgument } from './invocation.js';
import { CommandError, complain, EXIT } from './report.js';
import { type ProgramSource, programSource } from './sources.js';
import { reasonOf } from './system-error.js';

const SCRIPT = /\.d$/;

function scriptFile(program: ProgramArgument | undefined, extension: string): string | undefined {
  if (program?.kind !== 'script' || !SCRIPT.test(program.path)) return undefined;
  return basename(program.path).replace(SCRIPT, extension);
}

function write(path: string, content: string | Uint8Array, what: string): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new CommandError(`failed to open ${what}'${path}': ${reasonOf(error)}`);
  }
}

function requirePrograms({ programs }: Invocation, flag: string): void {
  if (programs.length === 0)
    throw new CommandError(`${flag} requires one or more scripts or enabling options`, EXIT.usage);
}

function read(engine: DTrace, invocation: Invocation, sources: readonly ProgramSource[]): Declarations {
  const found = readDeclarations(engine, invocation, sources);
  const { unknownTypes } = found;
  if (unknownTypes.length > 0)
    complain(`types that are not defined here are taken for words: ${unknownTypes.join(', ')}`);
  return found;
}

/** -h */
export function writeHeader(engine: DTrace, invocation: Invocation): number {
  requirePrograms(invocation, '-h');
  const { programs, outputFile } = invocation;
  const file = outputFile ?? (programs.length === 1 ? scriptFile(programs[0], '.h') : undefined);
  if (file === undefined) {
    const why = programs.length > 1 ? 'multiple scripts are' : 'no scripts are';
    throw new CommandError(`-h requires an output file if ${why} specified`, EXIT.usage);
  }
  const sources = programs.map(programSource);
  const { providers } = read(engine, invocation, sources);
  const text = reporting(engine, invocation, sources, () => headerText(providers, file));
  write(file, text, 'header file ');
  return EXIT.success;
}

function objectFile(path: string): ObjectFile {
  try {
    return { path, bytes: readFileSync(path) };
  } catch (error) {
    throw new LinkError(`failed to open ${path}: ${reasonOf(error)}`);
  }
}

/** -G: one object, of all scripts. What follows them on the command line are the program's own objects. */
export function writeObjects(engine: DTrace, invocation: Invocation): number {
  requirePrograms(invocation, '-G');
  const sources = invocation.programs.map(programSource);
  const [first] = sources;
  const declarations = read(engine, invocation, sources);
  if (declarations.hasClauses)
    complain('clauses have no place in a program: only provider definitions are kept');
  const usual = invocation.dataModel === 32 ? 'x86' : engine.host.arch;
  const file = invocation.outputFile ?? scriptFile(invocation.programs[0], '.o') ?? 'd.out';
  try {
    const objects = invocation.operands.map(objectFile);
    const machine = machineOfAll(objects, usual);
    refuseCalls(declarations, objects);
    write(file, objectBytes(declarations, machine, { strip: isOn(invocation, 'strip') }), '');
  } catch (error) {
    if (!(error instanceof LinkError) || first === undefined) throw error;
    throw new CommandError(`failed to link ${first.kind} ${first.name}: ${error.message}`);
  }
  return EXIT.success;
}
