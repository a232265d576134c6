/**
 * Images of D programs, for programs that run them: `import { openImage } from '@dtrace/core/image'`. Nothing here loads
 * the language or the compiler.
 */
import { builtInFormats } from './consumer/formats/index.js';
import type { OutputFormat } from './consumer/output-format.js';
import type { Host } from './host/host.js';
import { LocalHost } from './host/local-host.js';
import { readImage } from './images/format/image-format.js';
import { fitImage, type OpenedImage, type OpenRequest } from './images/open-image.js';
import { assemble } from './plugins/container.js';
import type { ProviderPackage } from './plugins/define-provider.js';
import { Session, type SessionOptions } from './session/session.js';
import { sessionParts } from './session/session-parts.js';
import { builtInAttachers } from './session/site-kinds/index.js';

export { ImageError } from './images/image-error.js';
export { type Quantity, quantityText } from './images/quantity.js';
export { openTarget, type Target, type TargetSpec } from './session/target.js';

export interface ImageOptions extends OpenRequest {
  /** Packages that bring kinds of sites or outputs which the image needs; ours are there. */
  readonly providers?: readonly ProviderPackage[];
  /** Default: this machine. */
  readonly host?: Host;
}

/** A program out of an image, made to fit this kernel. Holds no kernel resources. */
export interface Image extends OpenedImage {
  /** Forms of output by name, those of packages too. */
  readonly formats: ReadonlyMap<string, OutputFormat>;
  session(options?: SessionOptions): Session;
}

/** Throws an `ImageError` of one line for what is no image, and for one that cannot run here. */
export function openImage(bytes: Uint8Array, options: ImageOptions = {}): Image {
  const { providers = [], host = new LocalHost(), ...request } = options;
  const opened = fitImage(readImage(bytes), host, request);
  const { attachers, formats } = assemble(host, providers, {
    describers: [],
    attachers: builtInAttachers,
    formats: builtInFormats,
  });
  return {
    ...opened,
    formats,
    session: (session) => new Session(sessionParts(opened.program, host, attachers), session),
  };
}
