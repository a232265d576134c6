/** Options of a provider package, as its author describes them and configuration files set them. */
export interface ProviderOption {
  readonly type: 'string' | 'number' | 'boolean' | 'strings';
  readonly help: string;
  readonly default?: OptionValue;
  /** Only these. */
  readonly oneOf?: readonly string[];
}

export type OptionValue = string | number | boolean | readonly string[];
export type ProviderOptionSchema = Readonly<Record<string, ProviderOption>>;
export type ProviderOptions = Readonly<Record<string, OptionValue | undefined>>;

const isType: Readonly<Record<ProviderOption['type'], (value: unknown) => value is OptionValue>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  strings: (value): value is readonly string[] =>
    Array.isArray(value) && value.every((each) => typeof each === 'string'),
};

/** Values for every option. Throws an `Error` that names what is wrong, in one line. */
export function resolveOptions(schema: ProviderOptionSchema, given: unknown = {}): ProviderOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new Error('its options are not an object');
  const known = Object.keys(schema).join(', ') || 'none';
  for (const name of Object.keys(given))
    if (!Object.hasOwn(schema, name)) throw new Error(`it has no option '${name}'; it has ${known}`);
  const values = Object.entries(schema).map(([name, option]) => {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined) return [name, option.default] as const;
    if (!isType[option.type](value))
      throw new Error(
        `its option '${name}' is a ${option.type === 'strings' ? 'list of strings' : option.type}`,
      );
    const words = typeof value === 'string' ? [value] : typeof value === 'object' ? value : [];
    const wrong = option.oneOf && words.find((word) => !option.oneOf!.includes(word));
    if (wrong !== undefined)
      throw new Error(`its option '${name}' is one of ${option.oneOf!.join(', ')}, not '${wrong}'`);
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}
