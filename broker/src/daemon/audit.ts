/** Who traced what: one line of JSON on standard error for each thing, which systemd keeps in its journal. */
import { createHash } from 'node:crypto';
import { readlinkSync, writeSync } from 'node:fs';
import type { PeerCredentials } from 'ebpf-napi';
import { userName } from './accounts.js';

const LONGEST_TEXT = 16_384;

function executable(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

export interface Script {
  readonly text: string;
}

export interface AuditLog {
  note(event: string, more?: Readonly<Record<string, unknown>>): void;
}

export const scriptFields = (text: string) => ({
  sha256: createHash('sha256').update(text).digest('hex'),
  script: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text,
});

function write(fields: Readonly<Record<string, unknown>>): void {
  try {
    writeSync(2, `${JSON.stringify({ time: new Date().toISOString(), ...fields })}\n`);
  } catch {
    // Nobody keeps the log: what was asked for goes on.
  }
}

/** The log of one client. */
export function auditLog(client: PeerCredentials, session: number): AuditLog {
  const who = {
    session,
    uid: client.uid,
    user: userName(client.uid),
    pid: client.pid,
    exe: executable(client.pid),
  };
  return { note: (event, more = {}) => write({ event, ...who, ...more }) };
}

export const noteDaemon = (event: string, more: Readonly<Record<string, unknown>> = {}): void =>
  write({ event, ...more });
