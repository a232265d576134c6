/** Every subroutine of the illumos and Oracle manuals: functions that may stand in any expression. */
import { type Prototype, prototype, prototypeTable, type Support } from './prototypes.js';

const streams: Support = { absent: 'Linux has no STREAMS messages' };
const devices: Support = { absent: 'Linux has no DDI device tree' };

const entry = (name: string, text: string, support: Support = 'planned'): Prototype =>
  prototype(name, text, support);

export const subroutines = prototypeTable([
  // ---- strings
  entry('strlen', 'size_t(string)', 'compiled'),
  entry('strjoin', 'string(string, string)', 'compiled'),
  entry('substr', 'string(string, int, [int])', 'compiled'),
  entry('basename', 'string(string)', 'compiled'),
  entry('lltostr', 'string(int64_t, [int])', 'compiled'),
  entry('cleanpath', 'string(string)'),
  entry('dirname', 'string(string)'),
  entry('index', 'int(string, string, [int])'),
  entry('json', 'string(string, string)'),
  entry('rindex', 'int(string, string, [int])'),
  entry('strchr', 'string(string, char)'),
  entry('strrchr', 'string(string, char)'),
  entry('strstr', 'string(string, string)'),
  entry('strtok', 'string(string, string)'),
  entry('strtoll', 'int64_t(string, [int])'),
  entry('tolower', 'string(string)'),
  entry('toupper', 'string(string)'),

  // ---- memory
  entry('copyin', 'void *(uintptr_t, size_t)', 'compiled'),
  entry('copyinstr', 'string(uintptr_t, [size_t])', 'compiled'),
  entry('alloca', 'void *(size_t)'),
  entry('bcopy', 'void(void *, void *, size_t)'),
  entry('copyinto', 'void(uintptr_t, size_t, void *)'),
  prototype('copyout', 'void(void *, uintptr_t, size_t)', 'planned', true),
  prototype('copyoutstr', 'void(char *, uintptr_t, size_t)', 'planned', true),

  // ---- kernel objects
  entry('d_path', 'string(struct path *)'),
  entry('getmajor', 'dev_t(dev_t)'),
  entry('getminor', 'dev_t(dev_t)'),
  entry('mutex_owned', 'int(struct mutex *)'),
  entry('mutex_owner', 'struct task_struct *(struct mutex *)'),
  entry('mutex_type_adaptive', 'int(struct mutex *)'),
  entry('mutex_type_spin', 'int(struct mutex *)'),
  entry('progenyof', 'int(pid_t)'),
  entry('rw_iswriter', 'int(rwlock_t *)'),
  entry('rw_read_held', 'int(rwlock_t *)'),
  entry('rw_write_held', 'int(rwlock_t *)'),
  entry('ddi_pathname', 'string(void *, int64_t)', devices),
  entry('getf', 'void *(int)', { absent: 'use fds[] instead' }),
  entry('msgdsize', 'size_t(void *)', streams),
  entry('msgsize', 'size_t(void *)', streams),

  // ---- network
  entry('htonl', 'uint32_t(uint32_t)'),
  entry('htonll', 'uint64_t(uint64_t)'),
  entry('htons', 'uint16_t(uint16_t)'),
  entry('ntohl', 'uint32_t(uint32_t)'),
  entry('ntohll', 'uint64_t(uint64_t)'),
  entry('ntohs', 'uint16_t(uint16_t)'),
  entry('inet_ntoa', 'string(ipaddr_t *)'),
  entry('inet_ntoa6', 'string(struct in6_addr *, [int])'),
  entry('inet_ntop', 'string(int, void *)'),
  entry('link_ntop', 'string(int, void *)'),

  // ---- the rest
  entry('rand', 'int()'),
  entry('speculation', 'int()'),
]);
