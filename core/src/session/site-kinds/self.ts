import type { Program } from 'ebpf-napi';
import type { ProgramImage } from '../../compiler/image.js';
import type { SelfSite } from '../../probes/site.js';
import type { SiteAttacher } from '../site-attacher.js';

/** Nothing to attach: the session runs these itself, BEGIN before everything and END after. */
export const selfAttacher: SiteAttacher = { kind: 'self', attach: async () => [] };

/** Programs of one phase, in the order of the image. */
export function selfPrograms<P extends { readonly image: ProgramImage; readonly program: Program }>(
  programs: readonly P[],
  phase: SelfSite['phase'],
): P[] {
  return programs.filter(
    ({ image }) =>
      image.kind === 'self' && image.sites.some(({ site }) => (site as SelfSite).phase === phase),
  );
}
