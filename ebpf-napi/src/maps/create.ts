import { Attr, bpf, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import { closeFd } from '../syscall.js';
import { rlimitMemlock } from './memlock.js';
import { loadStorageBtf } from './storage-btf.js';
import { isLocalStorage, MapFlags, type MapSpec, mapTypes, objectName } from './types.js';

function flagsOf(spec: MapSpec): number {
  let flags = spec.flags ?? 0;
  if (spec.mmapable === true) flags |= MapFlags.MMAPABLE;
  if (spec.numa !== undefined) flags |= MapFlags.NUMA_NODE;
  if (isLocalStorage(spec.type)) flags |= MapFlags.NO_PREALLOC;
  return flags;
}

/** BPF_MAP_CREATE; returns the file descriptor. */
export function createMapFd(spec: MapSpec, innerFd = 0): number {
  rlimitMemlock();
  const attr = new Attr(72)
    .u32(0, mapTypes[spec.type])
    .u32(4, spec.keySize)
    .u32(8, spec.valueSize)
    .u32(12, spec.maxEntries)
    .u32(16, flagsOf(spec))
    .u32(20, innerFd)
    .u32(24, spec.numa ?? 0);
  new TextEncoder().encodeInto(objectName(spec.name), attr.bytes.subarray(28, 43));
  const storage = isLocalStorage(spec.type) ? loadStorageBtf(spec.name, spec.valueSize) : undefined;
  if (storage !== undefined) attr.u32(48, storage.fd).u32(52, storage.key).u32(56, storage.value);
  const result = bpf('MAP_CREATE', attr);
  if (storage !== undefined) closeFd(storage.fd);
  const size = `${spec.keySize}+${spec.valueSize} bytes, ${spec.maxEntries} entries`;
  return check(result, bpfName('MAP_CREATE'), `create ${spec.type} map '${spec.name}' (${size})`);
}
