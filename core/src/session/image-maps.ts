import { BpfMap, MapFlags, type MapSpec, possibleCpus } from 'ebpf-napi';
import type { MapImage } from '../compiler/image.js';

/** One ring per possible CPU, so that CPUs never wait for each other. */
function ringsSpec(image: MapImage): MapSpec {
  const cpus = possibleCpus();
  const ring: MapSpec = {
    name: image.name,
    type: 'ringbuf',
    keySize: 0,
    valueSize: 0,
    maxEntries: image.maxEntries,
  };
  return {
    name: image.name,
    type: 'array_of_maps',
    keySize: 4,
    valueSize: 4,
    maxEntries: cpus,
    innerMaps: Array.from({ length: cpus }, () => ring),
  };
}

/** One value of a growing array. */
export function growthSpec({ name, valueSize }: MapImage): MapSpec {
  return { name, type: 'array', keySize: 4, valueSize, maxEntries: 1, mmapable: true };
}

function growingSpec(image: MapImage): MapSpec {
  const { name, maxEntries } = image;
  return { name, type: 'array_of_maps', keySize: 4, valueSize: 4, maxEntries, inner: growthSpec(image) };
}

export function mapSpec(image: MapImage): MapSpec {
  if (image.type === 'growing_array') return growingSpec(image);
  if (image.type === 'rings') return ringsSpec(image);
  if (image.type === 'ring') return { ...image, type: 'ringbuf', keySize: 0, valueSize: 0 };
  return {
    name: image.name,
    type: image.type,
    keySize: image.keySize,
    valueSize: image.valueSize,
    maxEntries: image.perCpu === true ? image.maxEntries * possibleCpus() : image.maxEntries,
    ...(image.mmapable === true && { mmapable: true }),
    ...(image.contents !== undefined && { contents: image.contents }),
    ...(image.growing === true && { flags: MapFlags.NO_PREALLOC }),
    ...(image.readOnly === true && { freeze: true, flags: MapFlags.RDONLY_PROG }),
  };
}

/** Creates all maps of an image, or none. */
export function createMaps(images: readonly MapImage[]): Map<string, BpfMap> {
  const maps = new Map<string, BpfMap>();
  try {
    for (const image of images) maps.set(image.name, BpfMap.create(mapSpec(image)));
    return maps;
  } catch (error) {
    for (const map of maps.values()) map.close();
    throw error;
  }
}

/** The rings of an image in the order of CPUs; none when nothing is recorded. */
export function ringsOf(images: readonly MapImage[], maps: ReadonlyMap<string, BpfMap>): readonly BpfMap[] {
  return images.flatMap(({ name, type }) => {
    const map = maps.get(name);
    if (map === undefined) return [];
    return type === 'rings' ? map.innerMaps : type === 'ring' ? [map] : [];
  });
}
