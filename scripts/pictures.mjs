#!/usr/bin/env node
// Makes the pictures of docs/pictures anew, from real runs as root: `node scripts/pictures.mjs [name ...]`.
// Screens are what a terminal shows of a run under script(1), drawn as SVG.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const folder = join(root, 'docs', 'pictures');
const COLUMNS = 96;
/** Bytes that a picture may have. */
const MOST = 100_000;

/** Of the work that is done for the pictures, and of nothing else. */
const OURS = '/progenyof($target)/';

const LATENCY = `syscall::read:entry ${OURS} { self->t = timestamp; }
syscall::read:return /self->t/ { @ = quantize(timestamp - self->t); self->t = 0; }`;

/** Screens: what is typed, and what runs besides. `until`: an interrupt after so many seconds ends it. */
const SCREENS = {
  text: {
    rows: 20,
    args: [
      '-n',
      'syscall::openat:entry /pid == $target/ { printf("%s %s", execname, copyinstr(arg1)); }',
      '-c',
      'cat /etc/hostname',
    ],
  },
  aggregations: {
    rows: 36,
    args: [
      '-qn',
      `${LATENCY} syscall:::entry ${OURS} { @calls[probefunc] = count(); } tick-3s { trunc(@calls, 8); exit(0); }`,
    ],
  },
  stacks: {
    rows: 24,
    args: [
      '-qn',
      `sched:::off-cpu ${OURS} { @[execname, stack(6)] = count(); } tick-2s { trunc(@, 2); exit(0); }`,
    ],
  },
  json: {
    rows: 16,
    args: ['--format', 'json', '-n', 'BEGIN { printf("%s %d", execname, pid); @ = quantize(42); exit(0); }'],
  },
  csv: {
    rows: 16,
    args: [
      '--format',
      'csv',
      '-n',
      `syscall::read:return ${OURS} { @[execname] = sum(arg0); } tick-2s { exit(0); }`,
    ],
  },
  folded: {
    rows: 10,
    args: [
      '--format',
      'folded',
      '-n',
      `profile-197 /arg0 && progenyof($target)/ { @[execname, stack(4)] = count(); } tick-2s { trunc(@, 6); exit(0); }`,
    ],
  },
  speedscope: {
    rows: 10,
    args: [
      '--format',
      'speedscope',
      '-n',
      `profile-197 /arg0 && progenyof($target)/ { @[execname, stack(2)] = count(); } tick-2s { trunc(@, 2); exit(0); }`,
    ],
  },
  top: {
    rows: 22,
    until: 4,
    args: [
      '--format',
      'top',
      '-n',
      `syscall:::entry ${OURS} { @calls[execname, probefunc] = count(); }
       syscall::read:entry ${OURS} { self->t = timestamp; }
       syscall::read:return /self->t/ { @latency[execname] = quantize(timestamp - self->t); self->t = 0; }`,
    ],
  },
};

/** Formats that are pictures themselves. */
const DRAWN = {
  flamegraph: {
    format: "flamegraph:title='Kernel'",
    program:
      'profile-97 /arg0 && progenyof($target)/ { @[execname, stack(12)] = count(); } tick-3s { trunc(@, 60); exit(0); }',
  },
  heatmap: {
    format: "heatmap:title='read() latency'",
    program: `${LATENCY} tick-4hz { printa(@); } tick-8s { exit(0); }`,
  },
};

const dtrace = [process.execPath, join(root, 'cli', 'start.cjs')];
const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Something to look at: files are read and written, processes come and go. */
function workload() {
  const work =
    'while :; do find /usr/share/doc -name copyright | head -300 | xargs cat | gzip | wc -c; dd if=/dev/zero of="$0" bs=64k count=50; done';
  const scratch = mkdtempSync(join(tmpdir(), 'dtrace-pictures-'));
  const child = spawn('sh', ['-c', work, join(scratch, 'data')], { stdio: 'ignore', detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error('there is no sh');
  const stop = () => {
    process.kill(-pid, 'SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  };
  return { pid, stop };
}

/** Screens that start no command of their own look at the work. */
const withTarget = (args, pid) => (args.includes('-c') ? args : [...args, '-p', String(pid)]);

/** What a terminal got, byte for byte. */
function onTerminal({ rows, args, until }, pid) {
  const interrupt = until === undefined ? [] : ['timeout', '-s', 'INT', '--foreground', String(until)];
  const command = [...interrupt, ...dtrace, ...withTarget(args, pid)].map(quote).join(' ');
  const line = `stty cols ${COLUMNS} rows ${rows}; exec ${command}`;
  const env = { ...process.env, TERM: 'xterm', SHELL: '/bin/sh' };
  const { stdout, error } = spawnSync('script', ['-qec', line, '/dev/null'], { env, encoding: 'utf8' });
  if (error) throw error;
  return stdout;
}

const ESCAPE = '\x1b[';
const CONTROL = /^([?\d;]*)([A-Za-z])/;
const LEAVE = '\x1b[?1049l';

/** Lines of cells [character, style]; a screen of its own is taken as it was before it was left. */
function screenOf(text, rows) {
  const shown = text.includes(LEAVE) ? text.slice(0, text.indexOf(LEAVE)) : text;
  const lines = [[]];
  let row = 0;
  let column = 0;
  let style = '';
  const line = () => {
    while (lines.length <= row) lines.push([]);
    return lines[row];
  };
  for (let at = 0; at < shown.length; ) {
    if (shown.startsWith(ESCAPE, at)) {
      at += ESCAPE.length;
      const [whole = '', numbers, letter] = CONTROL.exec(shown.slice(at, at + 16)) ?? [];
      at += whole.length;
      if (letter === 'm') style = numbers === '0' ? '' : `c${numbers}`;
      else if (letter === 'H') [row, column] = [0, 0];
      else if (letter === 'K') line().length = column;
      else if (letter === 'J') {
        line().length = Math.min(line().length, column);
        lines.length = row + 1;
      }
      continue;
    }
    const character = String.fromCodePoint(shown.codePointAt(at));
    at += character.length;
    if (character === '\r') column = 0;
    else if (character === '\n') [row, column] = [row + 1, 0];
    else {
      if (column === COLUMNS) [row, column] = [row + 1, 0];
      const cells = line();
      while (cells.length < column) cells.push([' ', '']);
      cells[column++] = [character, style];
    }
  }
  while (lines.length > 1 && lines.at(-1).every(([character]) => character === ' ')) lines.pop();
  return lines.slice(0, rows);
}

const xml = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const SIZE = { width: 8.4, height: 18, edge: 12 };

function svgOf(command, lines) {
  const all = [[...`# ${command}`].map((character) => [character, 'command']), ...lines];
  const wide = Math.max(COLUMNS, ...all.map((line) => line.length));
  const width = Math.ceil(wide * SIZE.width + 2 * SIZE.edge);
  const height = all.length * SIZE.height + 2 * SIZE.edge;
  const texts = all.map((line, i) => {
    const runs = [];
    for (const [character, style] of line) {
      const last = runs.at(-1);
      if (last?.style === style) last.text += character;
      else runs.push({ style, text: character });
    }
    const spans = runs.map(({ style, text }) =>
      style === '' ? xml(text) : `<tspan class="${style}">${xml(text)}</tspan>`,
    );
    const y = SIZE.edge + (i + 0.75) * SIZE.height;
    return `<text x="${SIZE.edge}" y="${y}">${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>text{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d8dee9;white-space:pre}
.command{fill:#a3be8c}.c1{font-weight:bold;fill:#fff}.c2{fill:#8f9bb3}.c7{fill:#ebcb8b;font-weight:bold}.c36{fill:#88c0d0}</style>
<rect width="100%" height="100%" rx="8" fill="#242933"/>
${texts.join('\n')}
</svg>
`;
}

/** As one would type it, on one line. */
function typed(args) {
  const text = ['dtrace', ...args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : quote(arg)))].join(' ');
  const line = text.replace(/\s+/g, ' ');
  return line.length > COLUMNS - 2 ? `${line.slice(0, COLUMNS - 4)} …` : line;
}

function makeScreen(name, pid) {
  const screen = SCREENS[name];
  const file = join(folder, `${name}.svg`);
  writeFileSync(file, svgOf(typed(screen.args), screenOf(onTerminal(screen, pid), screen.rows)));
  return file;
}

function makeDrawn(name, pid) {
  const { format, program } = DRAWN[name];
  const file = join(folder, `${name}.svg`);
  rmSync(file, { force: true });
  const [node, ...args] = [...dtrace, '--format', format, '-o', file, '-p', String(pid), '-n', program];
  const { status, stderr } = spawnSync(node, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return file;
}

const wanted = process.argv.slice(2);
const names = [...Object.keys(SCREENS), ...Object.keys(DRAWN)];
const { pid, stop } = workload();
try {
  for (const name of wanted.length > 0 ? wanted : names) {
    const file = name in SCREENS ? makeScreen(name, pid) : makeDrawn(name, pid);
    const { size } = statSync(file);
    if (size > MOST) throw new Error(`${file} has ${size} bytes: too many for a repository`);
    if (!readFileSync(file, 'utf8').includes('</svg>')) throw new Error(`${file} is cut off`);
    console.log(`${file}: ${size} bytes`);
  }
} finally {
  stop();
}
