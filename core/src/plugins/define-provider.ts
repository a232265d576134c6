import 'reflect-metadata';
import { type DependencyContainer, instanceCachingFactory, container as root } from 'tsyringe';
import type { OutputFormat } from '../consumer/output-format.js';
import type { Host } from '../host/host.js';
import type { Provider } from '../probes/provider.js';
import type { SiteDescriber } from '../probes/site-layout.js';
import type { SiteAttacher } from '../session/site-attacher.js';
import { HOST, OUTPUT_FORMAT, PROVIDER, SITE_ATTACHER, SITE_DESCRIBER } from './tokens.js';

/** Raised when a provider package written for an older one would no longer work. */
export const API_VERSION = 1;

const BRAND = '@dtrace/core:provider-package';

/** What a provider package exports by default. */
export interface ProviderPackage {
  readonly brand: typeof BRAND;
  readonly apiVersion: number;
  /** Shown when the package cannot be used. */
  readonly name: string;
  register(container: DependencyContainer): void;
}

/** A class the container makes, with `@inject(TOKEN)` on every constructor parameter. */
export type Injectable<T> = new (...args: never[]) => T;

export interface ProviderDefinition {
  readonly name: string;
  /** Classes to be made by the container. */
  readonly providers?: readonly Injectable<Provider>[];
  /** Without classes and decorators: makes the provider itself. */
  readonly create?: (host: Host) => Provider;
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

function register(definition: ProviderDefinition, container: DependencyContainer): void {
  for (const provider of definition.providers ?? []) {
    const factory = instanceCachingFactory((engine) => make(provider, engine));
    container.register(PROVIDER, { useFactory: factory });
  }
  const { create } = definition;
  if (create !== undefined) {
    container.register(PROVIDER, {
      useFactory: instanceCachingFactory((resolver) => create(resolver.resolve(HOST))),
    });
  }
  for (const { describer, attacher } of definition.siteKinds ?? []) {
    container.registerInstance(SITE_DESCRIBER, describer);
    container.registerInstance(SITE_ATTACHER, attacher);
  }
  for (const format of definition.outputs ?? []) container.registerInstance(OUTPUT_FORMAT, format);
  definition.register?.(container);
}

/** Makes the default export of a provider package. */
export function defineProvider(definition: ProviderDefinition): ProviderPackage {
  return {
    brand: BRAND,
    apiVersion: API_VERSION,
    name: definition.name,
    register: (container) => register(definition, container),
  };
}

export function isProviderPackage(value: unknown): value is ProviderPackage {
  return typeof value === 'object' && value !== null && (value as Partial<ProviderPackage>).brand === BRAND;
}
