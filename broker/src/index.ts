/** The client's side: what the command and programs use to ask dtraced. */
export {
  type BrokerResult,
  BrokerSession,
  type BrokerSessionEvents,
  type BrokerSessionOptions,
} from './broker-session.js';
export { BrokerConnection, BrokerError, DEFAULT_SOCKET } from './client.js';
export type { CompiledReply, Reply } from './replies.js';
export type { RequestSource, StartRequest } from './requests.js';
