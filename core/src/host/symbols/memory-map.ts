export interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly path: string;
  /** Device and inode: one file has one table of names, whatever it is called where. */
  readonly file: string;
}

export const inodeOf = (file: Mapping['file']): number => Number(file.slice(file.lastIndexOf(' ') + 1));

const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) (\S+ \d+) *(.*)$/;

/** Executable mappings of /proc/PID/maps, by ascending address. User addresses fit a double. */
export function parseMaps(text: string): Mapping[] {
  const mappings: Mapping[] = [];
  for (const line of text.split('\n')) {
    const [, start, end, offset, file, path] = LINE.exec(line) ?? [];
    if (start === undefined || end === undefined || offset === undefined) continue;
    mappings.push({
      start: Number.parseInt(start, 16),
      end: Number.parseInt(end, 16),
      offset: Number.parseInt(offset, 16),
      path: path ?? '',
      file: file ?? '',
    });
  }
  return mappings;
}

export function mappingAt(mappings: readonly Mapping[], address: number): Mapping | undefined {
  return mappings.find(({ start, end }) => address >= start && address < end);
}
