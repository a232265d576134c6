import type { Host } from '@dtrace/core/provider';
import { knownTypes } from './signatures.js';

/** `field:const char * filename;	offset:24;	size:8;	signed:0;` */
const FIELD = /^\tfield:(.*?)\s*\b(\w+);/gm;

/** The kernel's own fields come first; what a newer kernel copied from user memory comes last. */
const NOT_AN_ARGUMENT = /^(common_|__)/;

/** Argument types from the description of a system call's tracepoint. */
export function parseFormat(text: string): string[] {
  const types: string[] = [];
  for (const [, type = '', name = ''] of text.matchAll(FIELD)) {
    if (!NOT_AN_ARGUMENT.test(name)) types.push(type.replace(/\s+/g, ' '));
  }
  return types;
}

/** Whatever a caller points at is in its own memory. */
const inUserMemory = (type: string): string => (type.includes('*') ? `userland ${type}` : type);

/** C types of a system call's arguments: the running kernel's own, where it tells. */
export function argumentTypes(host: Host, name: string): readonly string[] {
  const text = host.tracefs && host.readText(`${host.tracefs}/events/syscalls/sys_enter_${name}/format`);
  const types = text ? parseFormat(text) : (knownTypes(name) ?? []);
  return types.map(inUserMemory);
}
