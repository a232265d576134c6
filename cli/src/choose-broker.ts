/** Whether dtraced does the work. */
import { accessSync, constants } from 'node:fs';
import { DEFAULT_SOCKET } from '@dtrace/broker';
import { brokerOption } from './engine.js';
import type { Invocation } from './invocation.js';
import { refuseWithoutRights } from './rights.js';

function listens(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The socket to ask at; undefined: this process has the rights itself, and nobody said that it should not use them. */
export function chooseBroker(invocation: Invocation, mayTrace: boolean): string | undefined {
  const wanted = brokerOption(invocation);
  if (wanted !== undefined && wanted !== 'off') return wanted;
  if (mayTrace) return undefined;
  if (wanted === 'off' || invocation.mode !== 'trace' || !listens(DEFAULT_SOCKET)) refuseWithoutRights();
  return DEFAULT_SOCKET;
}
