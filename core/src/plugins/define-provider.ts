import 'reflect-metadata';
import { type DependencyContainer, instanceCachingFactory, container as root } from 'tsyringe';
import type { OutputFormat } from '../consumer/output-format.js';
import type { Host } from '../host/host.js';
import type { Provider } from '../probes/provider.js';
import type { SiteDescriber } from '../probes/site-layout.js';
import type { SiteAttacher } from '../session/site-attacher.js';
import { type ProviderOptionSchema, type ProviderOptions, resolveOptions } from './provider-options.js';
import { D_LIBRARY, HOST, OUTPUT_FORMAT, PROVIDER, SITE_ATTACHER, SITE_DESCRIBER } from './tokens.js';

/** Raised when a provider package written for an older one would no longer work. */
export const API_VERSION = 1;

const BRAND = '@dtrace/core:provider-package';

/** What a provider package exports by default. */
export interface ProviderPackage {
  readonly brand: typeof BRAND;
  readonly apiVersion: number;
  /** Shown when the package cannot be used. */
  readonly name: string;
  /** The same package with options; throws an `Error` of one line when they are not as it describes them. */
  configure?(options: unknown): ProviderPackage;
  register(container: DependencyContainer): void;
}

/** A class the container makes, with `@inject(TOKEN)` on every constructor parameter. */
export type Injectable<T> = new (...args: never[]) => T;

export interface ProviderDefinition {
  readonly name: string;
  /** Classes to be made by the container. */
  readonly providers?: readonly Injectable<Provider>[];
  /** Without classes and decorators: makes the provider itself. */
  readonly create?: (host: Host, options: ProviderOptions) => Provider;
  /** What configuration may set. */
  readonly options?: ProviderOptionSchema;
  /** Folders of D libraries, as paths: their translators and inlines are there for every script. */
  readonly libraries?: readonly string[];
  /** New kinds of site; both halves of each. */
  readonly siteKinds?: readonly { readonly describer: SiteDescriber; readonly attacher: SiteAttacher }[];
  /** Forms of output, for `--format`. */
  readonly outputs?: readonly OutputFormat[];
  /** Anything else: full access to the engine's container. */
  readonly register?: (container: DependencyContainer) => void;
}

/**
 * What decorators said of a class is known only to the copy of tsyringe that said it: the one this copy of the package
 * imports, which need not be the engine's.
 */
function make(provider: Injectable<Provider>, engine: DependencyContainer): Provider {
  const here = root.createChildContainer();
  here.register(HOST, { useFactory: () => engine.resolve(HOST) });
  return here.resolve(provider as Injectable<Provider> & (new () => Provider));
}

function register(
  definition: ProviderDefinition,
  options: ProviderOptions,
  container: DependencyContainer,
): void {
  for (const provider of definition.providers ?? []) {
    const factory = instanceCachingFactory((engine) => make(provider, engine));
    container.register(PROVIDER, { useFactory: factory });
  }
  const { create } = definition;
  if (create !== undefined) {
    container.register(PROVIDER, {
      useFactory: instanceCachingFactory((resolver) => create(resolver.resolve(HOST), options)),
    });
  }
  for (const { describer, attacher } of definition.siteKinds ?? []) {
    container.registerInstance(SITE_DESCRIBER, describer);
    container.registerInstance(SITE_ATTACHER, attacher);
  }
  for (const folder of definition.libraries ?? []) container.registerInstance(D_LIBRARY, folder);
  for (const format of definition.outputs ?? []) container.registerInstance(OUTPUT_FORMAT, format);
  definition.register?.(container);
}

/** Makes the default export of a provider package. */
export function defineProvider(definition: ProviderDefinition): ProviderPackage {
  return configured(definition, resolveOptions(definition.options ?? {}));
}

function configured(definition: ProviderDefinition, options: ProviderOptions): ProviderPackage {
  return {
    brand: BRAND,
    apiVersion: API_VERSION,
    name: definition.name,
    configure: (given) => configured(definition, resolveOptions(definition.options ?? {}, given)),
    register: (container) => register(definition, options, container),
  };
}

export function isProviderPackage(value: unknown): value is ProviderPackage {
  return typeof value === 'object' && value !== null && (value as Partial<ProviderPackage>).brand === BRAND;
}
