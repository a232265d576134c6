import type { InjectionToken } from 'tsyringe';
import type { OutputFormat } from '../consumer/output-format.js';
import type { Host } from '../host/host.js';
import type { Provider } from '../probes/provider.js';
import type { SiteDescriber } from '../probes/site-layout.js';
import type { SiteAttacher } from '../session/site-attacher.js';

/**
 * What the container holds, by explicit tokens: interfaces have no run-time name. Registered symbols, so that a
 * plugin with its own copy of this package means the same tokens.
 */
export const HOST: InjectionToken<Host> = Symbol.for('@dtrace/core:host');
export const PROVIDER: InjectionToken<Provider> = Symbol.for('@dtrace/core:provider');
export const SITE_DESCRIBER: InjectionToken<SiteDescriber> = Symbol.for('@dtrace/core:site-describer');
export const SITE_ATTACHER: InjectionToken<SiteAttacher> = Symbol.for('@dtrace/core:site-attacher');
/** Folders of D libraries that packages bring along. */
export const D_LIBRARY: InjectionToken<string> = Symbol.for('@dtrace/core:d-library');
export const OUTPUT_FORMAT: InjectionToken<OutputFormat> = Symbol.for('@dtrace/core:output-format');
