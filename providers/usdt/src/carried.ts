/** What a program carries of its author's declarations: the types of its probes' arguments, and promises. */
import {
  type CodeFile,
  type DeclaredProbe,
  type Host,
  isPointer,
  type ProbeArgument,
  type ProviderAttributes,
  readCarried,
  typeText,
} from '@dtrace/core/provider';
import { noteTexts } from './notes.js';

const SECTION = '.note.dtrace';
const OWNER = 'dtrace\0';
const TYPE = 1;

export interface CarriedProvider {
  readonly probes: ReadonlyMap<string, DeclaredProbe>;
  readonly promises: Partial<ProviderAttributes> | undefined;
  /** The whole text, which defines the types that probes name. */
  readonly text: string;
}

/** By the name of the provider; of several declarations of one, the first. */
export function carriedProviders(code: CodeFile, host: Host): ReadonlyMap<string, CarriedProvider> {
  const found = new Map<string, CarriedProvider>();
  const section = code.section(SECTION);
  if (section === undefined) return found;
  for (const description of noteTexts(section, OWNER, TYPE)) {
    const text = description.toString();
    const { providers, attributes } = readCarried(text, host);
    for (const { name, probes } of providers) {
      if (found.has(name)) continue;
      const bySymbol = new Map(probes.map((probe) => [probe.symbol, probe]));
      found.set(name, { probes: bySymbol, promises: attributes.get(name), text });
    }
  }
  return found;
}

type Type = DeclaredProbe['parameters'][number];

/** Pointers of a program lead into its memory. D's strings are what it points to. */
function writtenType(type: Type): string {
  if (type.kind === 'string') return 'userland char *';
  const text = typeText(type);
  return isPointer(type) && !text.startsWith('userland') ? `userland ${text}` : text;
}

/** args[] as declared, of operands as noted; undefined where the two do not fit together. */
export function declaredArguments(
  { parameters, args }: DeclaredProbe,
  noted: readonly ProbeArgument[],
): readonly ProbeArgument[] | undefined {
  if (parameters.length !== noted.length) return undefined;
  return args.flatMap(({ parameter, type }): ProbeArgument[] => {
    const [native, operand] = [parameters[parameter], noted[parameter]];
    if (native === undefined || operand === undefined) return [];
    const argument = { ...operand, type: writtenType(native) };
    const shown = writtenType(type);
    return [
      shown === argument.type ? argument : { ...argument, translated: shown.replace(/^userland /, '') },
    ];
  });
}
