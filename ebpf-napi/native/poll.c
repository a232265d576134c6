/* Readiness of a file descriptor as a callback on the event loop: ring buffers (through epoll) and pidfds. */
#include "addon.h"
#include <stdlib.h>
#include <uv.h>

struct poller {
  uv_poll_t handle; /* first: uv_close hands it back */
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
};

static void on_closed(uv_handle_t *handle) {
  struct poller *poller = (struct poller *)handle;
  napi_remove_async_cleanup_hook(poller->hook);
  free(poller);
}

/* The environment (a worker thread, say) ends with the poller still open: libuv insists that it is closed. */
static void on_cleanup(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  struct poller *poller = data;
  if (!uv_is_closing((uv_handle_t *)&poller->handle)) uv_close((uv_handle_t *)&poller->handle, on_closed);
}

static void on_ready(uv_poll_t *handle, int status, int events) {
  struct poller *poller = (struct poller *)handle;
  napi_env env = poller->env;
  napi_handle_scope scope;
  napi_value callback, receiver, error;
  (void)status;
  (void)events;
  napi_open_handle_scope(env, &scope);
  napi_get_reference_value(env, poller->callback, &callback);
  napi_get_global(env, &receiver);
  if (napi_make_callback(env, poller->context, receiver, callback, 0, NULL, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok)
    napi_fatal_exception(env, error);
  napi_close_handle_scope(env, scope);
}

/* pollOpen(fd, callback): handle, or a negative error. The callback runs as long as the fd is readable. */
napi_value poll_open(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2], name, resource, result;
  int32_t fd;
  uv_loop_t *loop;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 2 || napi_get_value_int32(env, argv[0], &fd) != napi_ok) return type_error(env, "pollOpen(fd, callback)");
  napi_get_uv_event_loop(env, &loop);
  struct poller *poller = calloc(1, sizeof *poller);
  if (poller == NULL) return type_error(env, "out of memory");
  int error = uv_poll_init(loop, &poller->handle, fd);
  if (error < 0) {
    free(poller);
    napi_create_int32(env, error, &result);
    return result;
  }
  poller->env = env;
  napi_create_reference(env, argv[1], 1, &poller->callback);
  napi_create_string_utf8(env, "ebpf-napi:poll", NAPI_AUTO_LENGTH, &name);
  napi_create_object(env, &resource);
  napi_async_init(env, resource, name, &poller->context);
  napi_add_async_cleanup_hook(env, on_cleanup, poller, &poller->hook);
  uv_poll_start(&poller->handle, UV_READABLE, on_ready);
  napi_create_external(env, poller, NULL, NULL, &result);
  return result;
}

/* pollRef(handle, keepAlive): whether the poller keeps the event loop running. */
napi_value poll_ref(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  void *poller;
  bool keep;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 2 || napi_get_value_external(env, argv[0], &poller) != napi_ok ||
      napi_get_value_bool(env, argv[1], &keep) != napi_ok)
    return type_error(env, "pollRef(handle, keepAlive)");
  (keep ? uv_ref : uv_unref)((uv_handle_t *)poller);
  return NULL;
}

/* pollClose(handle): the handle must not be used afterwards. */
napi_value poll_close(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value value;
  void *data;
  napi_get_cb_info(env, info, &argc, &value, NULL, NULL);
  if (argc < 1 || napi_get_value_external(env, value, &data) != napi_ok) return type_error(env, "pollClose(handle)");
  struct poller *poller = data;
  uv_poll_stop(&poller->handle);
  napi_delete_reference(env, poller->callback);
  napi_async_destroy(env, poller->context);
  uv_close((uv_handle_t *)&poller->handle, on_closed);
  return NULL;
}
