// What Node.js processes do besides running JavaScript: collect garbage, wait for events. The provider looks for running
// executables and finds V8's and libuv's functions in their symbol tables; uprobes stand there for every process.
import { attributes, defineProvider, entryOffset, functionName, NO_ARGUMENTS } from '@dtrace/core/provider';

const UNSTABLE = attributes('Unstable', 'Unstable', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const FUNCTIONS = new Map([
  ['_ZN2v88internal18ScavengerCollector14CollectGarbageEv', 'scavenge'],
  ['_ZN2v88internal20MarkCompactCollector14CollectGarbageEv', 'mark-compact'],
  ['uv__io_poll', 'loop'],
]);
const NAMES = {
  scavenge: ['gc-start', 'gc-done'],
  'mark-compact': ['gc-start', 'gc-done'],
  loop: ['loop-wait', 'loop-wake'],
};
const HELP = {
  'gc-start': 'JavaScript stands still from here on, in this process. probefunc: scavenge or mark-compact.',
  'gc-done': 'JavaScript goes on.',
  'loop-wait': 'Nothing is left to do in this turn of the event loop: it waits for events.',
  'loop-wake': 'The event loop has events; until the next loop-wait it is busy, and others have to wait.',
};

/** Offsets in the file of the functions above, by what they are called here. */
function places(code) {
  const found = new Map();
  const { functions } = code;
  for (let index = 0; index < functions.addresses.length; index++) {
    const what = FUNCTIONS.get(functionName(functions, index));
    const address = functions.addresses[index];
    const offset = what && code.fileOffset(address);
    if (offset !== undefined) found.set(what, { address, offset });
  }
  return found;
}

class NodeProvider {
  name = 'node';
  attributes = { provider: UNSTABLE, module: PRIVATE, function: PRIVATE, name: UNSTABLE, args: UNSTABLE };
  probeNames = Object.keys(HELP);
  // Symbol tables of an executable take a moment to read: nobody who asks for other probes waits for it.
  weight = 50;
  #probes;

  constructor(host, executables) {
    this.host = host;
    this.executables = new Set(executables);
  }

  probes() {
    this.#probes ??= [...this.#files().values()].flatMap((module) => this.#probesOf(module));
    return this.#probes;
  }

  describe({ name }) {
    return HELP[name];
  }

  unavailable() {
    return this.probes().length > 0
      ? undefined
      : `no process runs one of ${[...this.executables].join(', ')}`;
  }

  #files() {
    const files = new Map();
    for (const pid of this.host.processes.ids())
      for (const module of this.host.processes.modules(pid))
        if (module.program && this.executables.has(module.name) && !files.has(module.file))
          files.set(module.file, module);
    return files;
  }

  #probesOf({ name: module, openPath, path }) {
    const code = this.host.codeFile(openPath, path);
    if (code === undefined) return [];
    return [...places(code)].flatMap(([what, { address, offset }]) =>
      NAMES[what].map((name, index) => ({
        provider: 'node',
        module,
        function: what,
        name,
        // A return is caught at the function's first byte; an entry where the processor has least trouble with it.
        site: {
          kind: 'uprobe',
          path: openPath,
          places: [
            { offset: index === 1 ? offset : offset + entryOffset(this.host.arch, code.bytes(address, 16)) },
          ],
          onReturn: index === 1,
        },
        arguments: NO_ARGUMENTS,
      })),
    );
  }
}

export default defineProvider({
  name: 'node',
  options: { executables: { type: 'strings', help: 'names of executables', default: ['node'] } },
  create: (host, { executables }) => new NodeProvider(host, executables),
});
