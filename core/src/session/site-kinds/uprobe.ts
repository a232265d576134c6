import { attachUprobe, attachUprobeMulti, BpfError, type Link, type Program } from 'ebpf-napi';
import type { ProgramImage } from '../../compiler/image.js';
import type { UprobeSite, UserPlace } from '../../probes/site.js';
import type { Attachment, AttachOptions, SiteAttacher } from '../site-attacher.js';

/** Places of one file that are attached alike. */
interface Batch {
  readonly site: UprobeSite;
  readonly places: { readonly place: UserPlace; readonly cookie: bigint; readonly probe: number }[];
}

function batches({ sites }: ProgramImage): Batch[] {
  const found = new Map<string, Batch>();
  for (const { site: base, probe, cookie = 0n } of sites) {
    const site = base as UprobeSite;
    const key = `${site.pid} ${site.path}`;
    let batch = found.get(key);
    if (batch === undefined) {
      batch = { site, places: [] };
      found.set(key, batch);
    }
    for (const place of site.places) {
      batch.places.push({ place, cookie: cookie | BigInt(place.value ?? 0), probe });
    }
  }
  return [...found.values()].filter(({ places }) => places.length > 0);
}

/** What the kernel says of a place, as opposed to a file, a process or this program's rights. */
const ABOUT_PLACES: ReadonlySet<string> = new Set(['ENOTSUPP', 'EOPNOTSUPP', 'EINVAL', 'EIO', 'ENOEXEC']);

const isAboutPlaces = (error: unknown): error is BpfError =>
  error instanceof BpfError && ABOUT_PLACES.has(error.code);

type Attach = (batch: Batch) => Promise<Link>;

/**
 * One place that cannot be probed fails all that are attached with it: those that are refused are attached half by half,
 * until the place is found. It is left out and named.
 */
async function attachMost(
  batch: Batch,
  attach: Attach,
  links: Link[],
  options: AttachOptions,
): Promise<void> {
  try {
    links.push(await attach(batch));
  } catch (error) {
    if (!isAboutPlaces(error)) throw error;
    const { places, site } = batch;
    if (places.length === 1) {
      options.leftOut?.(places[0]!.probe, error.message);
      return;
    }
    const middle = places.length >> 1;
    for (const half of [places.slice(0, middle), places.slice(middle)]) {
      await attachMost({ site, places: half }, attach, links, options);
    }
  }
}

const together =
  (program: Program): Attach =>
  ({ site: { path, pid, onReturn = false }, places }) =>
    attachUprobeMulti(program, {
      path,
      offsets: BigUint64Array.from(places, ({ place }) => BigInt(place.offset)),
      cookies: BigUint64Array.from(places, ({ cookie }) => cookie),
      retprobe: onReturn,
      ...(places.some(({ place }) => place.counter !== undefined) && {
        refCtrOffsets: BigUint64Array.from(places, ({ place }) => BigInt(place.counter ?? 0)),
      }),
      ...(pid !== undefined && { pid }),
    });

const single =
  (program: Program): Attach =>
  ({ site: { path, pid, onReturn = false }, places: [only] }) =>
    attachUprobe(program, {
      path,
      offset: only!.place.offset,
      cookie: only!.cookie,
      retprobe: onReturn,
      ...(only!.place.counter !== undefined && { refCtrOffset: only!.place.counter }),
      ...(pid !== undefined && { pid }),
    });

async function attachAll(program: Program, image: ProgramImage, options: AttachOptions): Promise<Link[]> {
  const links: Link[] = [];
  const multi = image.expectedAttach === 'trace_uprobe_multi';
  try {
    for (const { site, probe } of image.sites) {
      const { refusal } = site as UprobeSite;
      if (refusal !== undefined) options.leftOut?.(probe, refusal);
    }
    for (const batch of batches(image)) {
      if (multi) await attachMost(batch, together(program), links, options);
      else {
        const attach = single(program);
        for (const place of batch.places) {
          await attachMost({ site: batch.site, places: [place] }, attach, links, options);
        }
      }
    }
    return links;
  } catch (error) {
    await Promise.allSettled(links.map((link) => link.close()));
    throw error;
  }
}

/** All places of a file by one link where the kernel can do that (6.6): attaching them one by one takes 0.1 s each to undo. */
export const uprobeAttacher: SiteAttacher = {
  kind: 'uprobe',
  attach: (program, image, options): Promise<readonly Attachment[]> => attachAll(program, image, options),
};
