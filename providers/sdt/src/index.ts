import { defineProvider, HOST, type Host, inject, injectable } from '@dtrace/core/provider';
import { TracepointProvider } from './provider.js';
import { subsystems } from './subsystems.js';

/** `sdt:<subsystem>::<tracepoint>` */
@injectable()
export class SdtProvider extends TracepointProvider {
  constructor(@inject(HOST) host: Host) {
    super(host, 'sdt', 500, () => subsystems(host));
  }
}

/** `rawtp:<module>::<tracepoint>` */
@injectable()
export class RawtpProvider extends TracepointProvider {
  constructor(@inject(HOST) host: Host) {
    super(host, 'rawtp', 510, () => (_, module) => module);
  }
}

export default defineProvider({ name: 'sdt', providers: [SdtProvider, RawtpProvider] });
