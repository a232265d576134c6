/** Reading configuration costs as much as all the rest of a start: it is done only where there is some. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILES = ['json', 'yaml', 'yml', 'js', 'cjs', 'mjs', 'ts'].map((end) => `dtrace.config.${end}`);

/** The folder to look for configuration from, when a look is worth it. */
export function configurationFolder(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (FILES.some((name) => existsSync(join(folder, name)))) return from;
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) return /"dtrace"\s*:/.test(readFileSync(manifest, 'utf8')) ? from : undefined;
    if (folder === dirname(folder)) return undefined;
  }
}
