// HTTP requests of one process, seen from its system calls: no change to the server, whatever it is written in.
// Clauses of its own use this->path, this->status, this->begun and this->took (ns) of each request that was answered.

const METHODS = ['GET ', 'POST', 'PUT ', 'HEAD', 'DELE', 'PATC', 'OPTI'];
const word = (text) => `0x${Buffer.from(text).readUInt32LE().toString(16)}`;

const answered = (probes, head, actions) => `
${probes} /pid == $1 && begun[arg0]/ {
  this->head = copyinstr(${head}, 13);
  this->status = substr(this->head, 9, 3);
  this->path = asked[arg0];
  this->begun = begun[arg0];
  this->took = timestamp - begun[arg0];
  begun[arg0] = 0;
  ${actions}
}`;

/** D that runs `actions` for each answer of process $1. */
export const httpRequests = (actions) => `
uint64_t begun[int];
string asked[int];

syscall::read:entry, syscall::recvfrom:entry /pid == $1/ { self->fd = (int)arg0; self->buffer = arg1; }

syscall::read:return, syscall::recvfrom:return /self->buffer && (int)arg0 > 15/ {
  this->word = *(uint32_t *)copyin(self->buffer, 4);
  if (${METHODS.map((method) => `this->word == ${word(method)}`).join(' || ')}) {
    begun[self->fd] = timestamp;
    asked[self->fd] = strtok(copyinstr(self->buffer, 64), "\\r");
  }
}
syscall::read:return, syscall::recvfrom:return /self->buffer/ { self->buffer = 0; }
${answered('syscall::write:entry, syscall::sendto:entry', 'arg1', actions)}
${answered('syscall::writev:entry', '*(uintptr_t *)copyin(arg1, 8)', actions)}
`;
