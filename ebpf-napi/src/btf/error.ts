/** BTF that is missing, malformed, or used with an id it does not have. The message says which and where. */
export class BtfError extends Error {
  override readonly name = 'BtfError';
}
