import { defineProvider, HOST, type Host, inject, injectable } from '@dtrace/core/provider';
import { plainFunctions, rawFunctions } from './functions.js';
import { FunctionProvider } from './provider.js';

/** `fbt:<module>:<function>:entry|return`: functions as they are called in C, with their types. */
@injectable()
export class FbtProvider extends FunctionProvider {
  constructor(@inject(HOST) host: Host) {
    super(host, 'fbt', 900, () => plainFunctions(host));
  }
}

/** `rawfbt:<module>:<symbol>:entry|return`: what the compiler made of others, and functions without a type. */
@injectable()
export class RawfbtProvider extends FunctionProvider {
  constructor(@inject(HOST) host: Host) {
    super(host, 'rawfbt', 910, () => rawFunctions(host));
  }
}

export default defineProvider({ name: 'fbt', providers: [FbtProvider, RawfbtProvider] });
