/** An image that cannot be made, read or run, and why: one line for people. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
}
