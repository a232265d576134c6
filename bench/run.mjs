#!/usr/bin/env node
// npm run bench [-- case...] [--quick]: dtrace and bpftrace side by side, in the same minutes on the same machine.
// Absolute times say little elsewhere; ratios do.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { root } from '../scripts/run.mjs';
import { CASES } from './cases.mjs';
import { prepareTools, refreshPresence, TOOLS, work } from './tools.mjs';

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('-'));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rounds over all variants: `{ variant: { measure: [values] } }`. A variant that fails is left out, with its reason. */
function collect({ rounds, variants }) {
  const active = Object.entries(variants).filter(([, { tool }]) => tool === undefined || TOOLS[tool].present);
  const samples = Object.fromEntries(active.map(([label]) => [label, {}]));
  const failures = {};
  for (let round = 0; round < (quick ? Math.min(rounds, 2) : rounds); round++) {
    for (const [label, { run }] of active) {
      if (failures[label]) continue;
      try {
        add(samples[label], run());
      } catch (error) {
        failures[label] = error.message;
        delete samples[label];
      }
      process.stderr.write('.');
    }
  }
  process.stderr.write('\n');
  return { samples, failures };
}

function add(series, measures) {
  for (const [name, value] of Object.entries(measures)) {
    series[name] ??= [];
    series[name].push(value);
  }
}

/** What the measured thing costs above doing nothing. */
function withoutBaseline(samples, baseline, name, value) {
  const base = baseline && samples[baseline]?.[name];
  return base ? value - median(base) : value;
}

const show = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1));

function table({ title, baseline }, { samples, failures }) {
  const rows = [`\n### ${title}\n`, '| | measure | median | min | dtrace / this |', '|---|---|---|---|---|'];
  for (const [label, measures] of Object.entries(samples)) {
    for (const [name, values] of Object.entries(measures)) {
      const net = (value) => (label === baseline ? value : withoutBaseline(samples, baseline, name, value));
      const own =
        samples.dtrace?.[name] && withoutBaseline(samples, baseline, name, median(samples.dtrace[name]));
      const comparable =
        own !== undefined && label !== 'dtrace' && label !== baseline && net(median(values)) !== 0;
      const ratio = comparable ? (own / net(median(values))).toFixed(2) : '';
      const unit = baseline && label !== baseline ? `added ${name}` : name;
      rows.push(
        `| ${label} | ${unit} | ${show(net(median(values)))} | ${show(net(Math.min(...values)))} | ${ratio} |`,
      );
    }
  }
  for (const [label, reason] of Object.entries(failures)) rows.push(`\n${label} failed: ${reason.trim()}`);
  return rows.join('\n');
}

const model = /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch;
const machine = `Linux ${release()}, ${cpus().length} CPUs (${model}), Node ${process.versions.node}`;

function main() {
  if (process.geteuid() !== 0) throw new Error('run as root');
  const unknown = wanted.filter((name) => !(name in CASES));
  if (unknown.length > 0)
    throw new Error(`no case ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);
  prepareTools();
  refreshPresence();
  const versions = Object.entries(TOOLS)
    .filter(([, tool]) => tool.present)
    .map(([, tool]) => tool.version());
  console.log(`# Benchmarks\n\n${machine}; ${versions.join('; ')}`);
  const results = {};
  for (const [name, benchmark] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    benchmark.prepare?.();
    results[name] = collect(benchmark);
    console.log(table(benchmark, results[name]));
  }
  const folder = join(root, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, versions, results }, null, 1)}\n`);
  console.log(`\nSamples: ${file}`);
}

try {
  main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
