/** Whether a module names a process, whose program's types are meant: pid123`type, pid$target`type. */
export const isProcessModule = (module: string | undefined): boolean =>
  module !== undefined && /^pid(?:\d+|\$target)$/.test(module);
