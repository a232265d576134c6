/* The addon's exports: functions, system call numbers of this architecture and the page size. */
#include "addon.h"
#include <sys/syscall.h>
#include <unistd.h>

napi_value type_error(napi_env env, const char *message) {
  napi_throw_type_error(env, NULL, message);
  return NULL;
}

bool bytes_of(napi_env env, napi_value value, void **data, size_t *length) {
  bool matches = false;
  if (napi_is_typedarray(env, value, &matches) == napi_ok && matches) {
    napi_typedarray_type type;
    size_t elements;
    static const uint8_t element_size[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    napi_get_typedarray_info(env, value, &type, &elements, data, NULL, NULL);
    *length = elements * ((size_t)type < sizeof element_size ? element_size[type] : 1);
  } else if (napi_is_dataview(env, value, &matches) == napi_ok && matches) {
    napi_get_dataview_info(env, value, length, data, NULL, NULL);
  } else if (napi_is_arraybuffer(env, value, &matches) == napi_ok && matches) {
    napi_get_arraybuffer_info(env, value, data, length);
  }
  if (matches && *length == 0) *data = NULL;
  return matches;
}

static const struct {
  const char *name;
  napi_callback callback;
} functions[] = {
    {"call", call_sync},       {"callAsync", call_async}, {"map", map_memory},      {"unmap", unmap_memory},
    {"pollOpen", poll_open},   {"pollRef", poll_ref},     {"pollClose", poll_close}, {"spawnHeld", spawn_held},
};

static const struct {
  const char *name;
  int64_t value;
} numbers[] = {
    {"bpf", SYS_bpf},
    {"capget", SYS_capget},
    {"capset", SYS_capset},
    {"getsockopt", SYS_getsockopt},
    {"perf_event_open", SYS_perf_event_open},
    {"ioctl", SYS_ioctl},
    {"read", SYS_read},
    {"close", SYS_close},
    {"epoll_create1", SYS_epoll_create1},
    {"epoll_ctl", SYS_epoll_ctl},
    {"epoll_pwait", SYS_epoll_pwait},
    {"pidfd_open", 434}, /* the same number everywhere; older C libraries do not name it */
    {"pipe2", SYS_pipe2},
    {"prctl", SYS_prctl},
    {"prlimit64", SYS_prlimit64},
    {"wait4", SYS_wait4},
};

NAPI_MODULE_INIT() {
  napi_value value, table;
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].callback, NULL, &value);
    napi_set_named_property(env, exports, functions[i].name, value);
  }
  napi_create_object(env, &table);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    napi_create_int64(env, numbers[i].value, &value);
    napi_set_named_property(env, table, numbers[i].name, value);
  }
  napi_set_named_property(env, exports, "numbers", table);
  napi_create_int64(env, sysconf(_SC_PAGESIZE), &value);
  napi_set_named_property(env, exports, "pageSize", value);
  return exports;
}
