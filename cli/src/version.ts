/** As in package.json; a test compares them. */
export const VERSION = '0.1.0';
/** Of the D language and its libraries. */
const API_VERSION = '2.0';

export function versionText(verbose: boolean): string {
  const api = `dtrace: Linux D ${API_VERSION}\n`;
  if (!verbose) return api;
  return `${api}This is DTrace for Linux ${VERSION}\nNode.js ${process.versions.node}, ${process.platform}-${process.arch}\n`;
}
