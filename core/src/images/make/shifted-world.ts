/** What a program is compiled for instead of this machine: kernels from `floor` on, with every quantity moved. */
import type { Host } from '../../host/host.js';
import type { FunctionSite, ProbeSite, RawTracepointSite } from '../../probes/site.js';
import type { SiteArgument, SiteDescriber, SiteLayout } from '../../probes/site-layout.js';
import type { CompileWorld } from '../../session/compile-program.js';
import { ImageError } from '../image-error.js';
import type { ArgumentPlace } from '../quantity.js';
import { ShiftedTypes } from './shifted-types.js';
import { type Shifts, WORD } from './shifts.js';

/** So many that programs look their ring up and do not name it, whatever machine it is. */
const CPUS = 512;
const MOST_CPU_SHIFT = 64;
/** Words from one argument to the next, about. */
const APART = 64;
const MOST_MACRO_SHIFT = 1 << 20;

/** Which features programs may use, and which of them they have asked for. */
export interface Floor {
  readonly has: (feature: string) => boolean;
}

const TOPOLOGY = /\/cpu\d+\/topology\/physical_package_id$|\/node\d+\/cpulist$/;
const TOPOLOGY_FOLDER = '/sys/devices/system/node';

/** The host, but for what it is given instead. */
function hostWith(host: Host, instead: Partial<Host>): Host {
  return new Proxy(host, {
    get(target, name) {
      if (Object.hasOwn(instead, name)) return Reflect.get(instead, name);
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** The host with other types and abilities. */
const shiftedHost = (host: Host, types: ShiftedTypes, { has }: Floor): Host =>
  hostWith(host, {
    types,
    has,
    // Which chip a CPU is part of differs from machine to machine: images know of one.
    readText: (path) => (TOPOLOGY.test(path) ? undefined : host.readText(path)),
    readDir: (path) => (path === TOPOLOGY_FOLDER ? undefined : host.readDir(path)),
  });

/** Kinds of sites whose arguments a kernel function or a tracepoint declares. */
function argumentPlace(site: ProbeSite): ArgumentPlace | undefined {
  switch (site.kind) {
    case 'raw-tracepoint':
      return { kind: 'tracepoint', name: (site as RawTracepointSite).tracepoint };
    case 'fentry':
    case 'kprobe':
    case 'kprobe-multi': {
      const { function: name, module, at } = site as FunctionSite;
      const kind = at === 'return' ? 'result' : 'function';
      return { kind, name, ...(module !== undefined && { module }) };
    }
    default:
      return undefined;
  }
}

/** The same, with each argument elsewhere: what of them a program looks at can be seen then. */
function shiftedLayout(layout: SiteLayout, place: ArgumentPlace, shifts: Shifts): SiteLayout {
  const moved = (arg: SiteArgument, index: number): SiteArgument => {
    if (arg.cookie) return arg;
    // No two arguments at one place: the compiler would take them for the same.
    const shift = WORD * (1 + index * APART + shifts.draw(`${place.kind} ${place.name} ${index}`, APART));
    shifts.note({ kind: 'argument', place, index }, shift, shift);
    return { ...arg, offset: arg.offset + shift };
  };
  let args: readonly SiteArgument[] | undefined;
  // `raw` stays: whole registers are those of the machine, whatever the types say.
  return Object.defineProperty({ ...layout, args: [] }, 'args', {
    enumerable: true,
    get: () => {
      args ??= layout.args.map(moved);
      return args;
    },
  });
}

function shiftedDescriber(describer: SiteDescriber, shifts: Shifts): SiteDescriber {
  const { kind, portable } = describer;
  return {
    kind,
    layout(site, context) {
      if (portable !== true)
        throw new ImageError(
          `an image cannot hold probes of this kind (${kind}): where they are depends on the files of programs, or on this very kernel`,
        );
      const layout = describer.layout(site, context);
      const place = argumentPlace(site);
      return place === undefined ? layout : shiftedLayout(layout, place, shifts);
    },
    ...(describer.choose && { choose: (sites, context) => describer.choose!(sites, context) }),
  };
}

export function shiftedWorld(world: CompileWorld, shifts: Shifts, floor: Floor): CompileWorld {
  const cpuShift = shifts.draw('cpus', MOST_CPU_SHIFT);
  const cpus = CPUS + cpuShift;
  shifts.note({ kind: 'cpus' }, cpus, cpuShift);
  return {
    ...world,
    host: shiftedHost(world.host, new ShiftedTypes(world.host.types, shifts), floor),
    describers: new Map([...world.describers].map(([kind, each]) => [kind, shiftedDescriber(each, shifts)])),
    cpus,
    macros: (values) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => {
          const shift = 1 + shifts.draw(`macro ${name}`, MOST_MACRO_SHIFT);
          shifts.note({ kind: 'macro', name }, value + BigInt(shift), shift);
          return [name, value + BigInt(shift)];
        }),
      ),
  };
}
