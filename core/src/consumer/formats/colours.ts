/** Colours for a terminal. They stand around what is printed and change none of it. */
export interface Style {
  heading(text: string): string;
  columns(text: string): string;
  /** Aggregations: the bars of distributions. */
  bars(text: string): string;
}

const sgr =
  (code: string) =>
  (text: string): string =>
    text === '' ? text : `\x1b[${code}m${text}\x1b[0m`;

export const bold = sgr('1');
export const dim = sgr('2');
export const inverse = sgr('7');
const cyan = sgr('36');

export const colours: Style = {
  heading: (text) => text.replace(/[^\n]+/g, bold),
  columns: dim,
  bars: (text) => text.replace(/(?<=\|)[@█▏▎▍▌▋▊▉]+|@+(?=\|)/g, cyan),
};
