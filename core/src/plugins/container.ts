import 'reflect-metadata';
import { type DependencyContainer, container as root } from 'tsyringe';
import type { OutputFormat } from '../consumer/output-format.js';
import type { Host } from '../host/host.js';
import type { Provider } from '../probes/provider.js';
import type { SiteDescriber } from '../probes/site-layout.js';
import type { SiteAttacher } from '../session/site-attacher.js';
import { API_VERSION, isProviderPackage, type ProviderPackage } from './define-provider.js';
import { D_LIBRARY, HOST, OUTPUT_FORMAT, PROVIDER, SITE_ATTACHER, SITE_DESCRIBER } from './tokens.js';

/** A provider package that cannot be used, and why, in one line. */
export interface PluginProblem {
  readonly plugin: string;
  readonly message: string;
}

export function problemText({ plugin, message }: PluginProblem): string {
  return `provider package ${plugin}: ${message}`;
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string;

export const pluginProblem = (plugin: string, error: unknown): PluginProblem => ({
  plugin,
  message: oneLine(error),
});

/** Everything one engine was put together from. */
export interface Parts {
  readonly container: DependencyContainer;
  readonly providers: readonly Provider[];
  readonly describers: ReadonlyMap<string, SiteDescriber>;
  readonly attachers: ReadonlyMap<string, SiteAttacher>;
  /** By name; a package's replaces one of ours. */
  readonly formats: ReadonlyMap<string, OutputFormat>;
  /** Folders of D libraries. */
  readonly libraries: readonly string[];
  readonly problems: readonly PluginProblem[];
}

function own<T>(container: DependencyContainer, token: symbol): T[] {
  return container.isRegistered(token) ? container.resolveAll<T>(token) : [];
}

function checkPackage(value: ProviderPackage): void {
  if (!isProviderPackage(value)) throw new Error('its default export was not made by defineProvider()');
  if (value.apiVersion !== API_VERSION) {
    throw new Error(
      `it needs version ${value.apiVersion} of the provider API; this is version ${API_VERSION}`,
    );
  }
}

/** A package's registrations are tried out in a container of its own: if one fails, none of them counts. */
function install(plugin: ProviderPackage, engine: DependencyContainer): void {
  checkPackage(plugin);
  const trial = engine.createChildContainer();
  plugin.register(trial);
  for (const token of [PROVIDER, SITE_DESCRIBER, SITE_ATTACHER, OUTPUT_FORMAT, D_LIBRARY] as symbol[]) {
    for (const instance of own(trial, token)) engine.registerInstance(token, instance);
  }
}

const byKind = <T extends { readonly kind: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((each) => [each.kind, each]));

/** The kinds of sites that come with the engine. */
export interface BuiltIn {
  readonly describers: readonly SiteDescriber[];
  readonly attachers: readonly SiteAttacher[];
  readonly formats: readonly OutputFormat[];
}

/** Fills a container of its own for one engine: nothing is registered process-wide. */
export function assemble(host: Host, packages: readonly ProviderPackage[], builtIn: BuiltIn): Parts {
  const container = root.createChildContainer();
  container.registerInstance(HOST, host);
  const problems: PluginProblem[] = [];
  for (const plugin of packages) {
    try {
      install(plugin, container);
    } catch (error) {
      problems.push(pluginProblem(plugin?.name ?? 'without a name', error));
    }
  }
  return {
    container,
    problems,
    libraries: own<string>(container, D_LIBRARY as symbol),
    providers: own<Provider>(container, PROVIDER as symbol),
    describers: byKind([...builtIn.describers, ...own<SiteDescriber>(container, SITE_DESCRIBER as symbol)]),
    attachers: byKind([...builtIn.attachers, ...own<SiteAttacher>(container, SITE_ATTACHER as symbol)]),
    formats: new Map(
      [...builtIn.formats, ...own<OutputFormat>(container, OUTPUT_FORMAT as symbol)].map((format) => [
        format.name,
        format,
      ]),
    ),
  };
}
