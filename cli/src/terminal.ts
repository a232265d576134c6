/** The terminal that standard output is, as outputs see it: its size, whether it has colours, a screen to draw on. */
import { isatty } from 'node:tty';
import type { Screen, Terminal } from '@dtrace/core';
import type { Writer } from './writer.js';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

/** Undefined: standard output is a pipe or a file, or there is a file of -o. */
export function openTerminal(writer: Writer): Terminal | undefined {
  if (!writer.isStandard || !isatty(1)) return undefined;
  const { NO_COLOR, TERM } = process.env;
  return {
    get columns() {
      return process.stdout.columns || 80;
    },
    get rows() {
      return process.stdout.rows || 24;
    },
    colour: !NO_COLOR && TERM !== 'dumb',
    openScreen: () => openScreen(writer),
  };
}

/** Whatever way the command ends, the terminal is left as it was found. */
function openScreen(writer: Writer): Screen {
  const { stdin } = process;
  const raw = stdin.isTTY === true;
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    writer.write(LEAVE);
    if (raw) stdin.setRawMode(false);
    stdin.pause();
  };
  process.once('exit', close);
  if (raw) stdin.setRawMode(true);
  writer.write(ENTER);
  return {
    draw(lines) {
      if (!open) return;
      writer.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`);
    },
    onKey(listener) {
      if (!raw) return;
      stdin.setEncoding('utf8');
      stdin.on('data', (keys: string) => {
        for (const key of keys) listener(key);
      });
    },
    close,
  };
}
