/** Every subroutine of the illumos and Oracle manuals: functions that may stand in any expression. */
import { type Prototype, prototype, prototypeTable, type Support } from './prototypes.js';

const streams: Support = { absent: 'Linux has no STREAMS messages' };
const devices: Support = { absent: 'Linux has no DDI device tree' };

const entry = (name: string, text: string, support: Support = 'planned'): Prototype =>
  prototype(name, text, support);

export const subroutines = prototypeTable([
  // ---- strings
  entry('strlen', 'size_t(const char *)', 'compiled'),
  entry('strjoin', 'string(const char *, const char *)', 'compiled'),
  entry('substr', 'string(const char *, int, [int])', 'compiled'),
  entry('basename', 'string(const char *)', 'compiled'),
  entry('lltostr', 'string(int64_t, [int])', 'compiled'),
  entry('cleanpath', 'string(const char *)', 'compiled'),
  entry('dirname', 'string(const char *)', 'compiled'),
  entry('index', 'int(const char *, const char *, [int])', 'compiled'),
  entry('json', 'string(const char *, const char *)', 'compiled'),
  entry('rindex', 'int(const char *, const char *, [int])', 'compiled'),
  entry('strchr', 'string(const char *, char)', 'compiled'),
  entry('strrchr', 'string(const char *, char)', 'compiled'),
  entry('strstr', 'string(const char *, const char *)', 'compiled'),
  entry('strtok', 'string(const char *, const char *)', 'compiled'),
  entry('strtoll', 'int64_t(const char *, [int])', 'compiled'),
  entry('tolower', 'string(const char *)', 'compiled'),
  entry('toupper', 'string(const char *)', 'compiled'),

  // ---- memory
  entry('copyin', 'void *(uintptr_t, size_t)', 'compiled'),
  entry('copyinstr', 'string(uintptr_t, [size_t])', 'compiled'),
  entry('alloca', 'void *(size_t)', 'compiled'),
  entry('bcopy', 'void(void *, void *, size_t)', 'compiled'),
  entry('copyinto', 'void(uintptr_t, size_t, void *)', 'compiled'),
  prototype('copyout', 'void(void *, uintptr_t, size_t)', 'compiled', true),
  prototype('copyoutstr', 'void(char *, uintptr_t, size_t)', 'compiled', true),

  // ---- kernel objects
  entry('d_path', 'string(struct path *)', 'compiled'),
  entry('inode_path', 'string(struct inode *)', 'compiled'),
  entry('inode_mount', 'string(struct inode *)', 'compiled'),
  entry('mount_path', 'string(struct vfsmount *)', 'compiled'),
  entry('args_text', 'string(uintptr_t, size_t)', 'compiled'),
  entry('getmajor', 'dev_t(dev_t)', 'compiled'),
  entry('getminor', 'dev_t(dev_t)', 'compiled'),
  entry('mutex_owned', 'int(struct mutex *)', 'compiled'),
  entry('mutex_owner', 'struct task_struct *(struct mutex *)', 'compiled'),
  entry('mutex_type_adaptive', 'int(struct mutex *)', 'compiled'),
  entry('mutex_type_spin', 'int(struct mutex *)', 'compiled'),
  entry('progenyof', 'int(pid_t)', 'compiled'),
  entry('rw_iswriter', 'int(rwlock_t *)', 'compiled'),
  entry('rw_read_held', 'int(rwlock_t *)', 'compiled'),
  entry('rw_write_held', 'int(rwlock_t *)', 'compiled'),
  entry('ddi_pathname', 'string(void *, int64_t)', devices),
  entry('getf', 'void *(int)', { absent: 'use fds[] instead' }),
  entry('msgdsize', 'size_t(void *)', streams),
  entry('msgsize', 'size_t(void *)', streams),

  // ---- network
  entry('htonl', 'uint32_t(uint32_t)', 'compiled'),
  entry('htonll', 'uint64_t(uint64_t)', 'compiled'),
  entry('htons', 'uint16_t(uint16_t)', 'compiled'),
  entry('ntohl', 'uint32_t(uint32_t)', 'compiled'),
  entry('ntohll', 'uint64_t(uint64_t)', 'compiled'),
  entry('ntohs', 'uint16_t(uint16_t)', 'compiled'),
  entry('inet_ntoa', 'string(ipaddr_t *)', 'compiled'),
  entry('inet_ntoa6', 'string(struct in6_addr *, [int])', 'compiled'),
  entry('inet_ntop', 'string(int, void *)', 'compiled'),
  entry('link_ntop', 'string(int, void *)', 'compiled'),

  // ---- the rest
  entry('rand', 'int()', 'compiled'),
  entry('speculation', 'int()', 'compiled'),
]);
