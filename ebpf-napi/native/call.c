/*
 * System calls from JavaScript. The layouts of bpf_attr and perf_event_attr are filled in by TypeScript; what
 * TypeScript cannot know, the address of a buffer, is patched in here just before the call:
 *
 *   call(number, args, pointers?, kept?)
 *     args      up to six numbers, bigints, byte arrays (passed by address) or nulls
 *     pointers  flat list offset, bytes, offset, bytes …: store the address of `bytes` at `offset` in the
 *               first byte array of args; [bytes, pointers] instead of bytes patches those bytes first
 *
 *     kept      made by the keeper (keeper.c)
 *
 * The result is the system call's, or minus errno. The async form runs on libuv's thread pool and keeps the
 * buffers alive until it is done.
 */
#include "addon.h"
#include "keeper.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARGS = 6 };

struct request {
  long number;
  long args[MAX_ARGS];
  long result;
  bool kept;
  napi_async_work work;
  napi_deferred deferred;
  napi_ref keep_args;
  napi_ref keep_pointers;
};

static bool read_arg(napi_env env, napi_value value, long *out, void **bytes, size_t *length) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  *bytes = NULL;
  switch (type) {
    case napi_number: {
      int64_t number;
      napi_get_value_int64(env, value, &number);
      *out = (long)number;
      return true;
    }
    case napi_bigint: {
      uint64_t number;
      bool lossless;
      napi_get_value_bigint_uint64(env, value, &number, &lossless);
      *out = (long)number;
      return true;
    }
    case napi_null:
    case napi_undefined:
      *out = 0;
      return true;
    default:
      if (!bytes_of(env, value, bytes, length)) return false;
      *out = (long)*bytes;
      return true;
  }
}

static bool patch_pointers(napi_env env, napi_value list, uint8_t *attr, size_t attr_length);

/* A target that holds addresses itself, such as a table of strings. */
static bool patch_nested(napi_env env, napi_value pair, napi_value *bytes) {
  napi_value list;
  size_t length = 0;
  napi_get_element(env, pair, 0, bytes);
  napi_get_element(env, pair, 1, &list);
  void *data;
  return bytes_of(env, *bytes, &data, &length) && patch_pointers(env, list, data, length);
}

static bool patch_pointers(napi_env env, napi_value list, uint8_t *attr, size_t attr_length) {
  uint32_t count;
  if (attr == NULL || napi_get_array_length(env, list, &count) != napi_ok) return false;
  for (uint32_t i = 0; i + 1 < count; i += 2) {
    napi_value offset_value, target;
    uint32_t offset;
    long address;
    void *bytes;
    size_t length;
    napi_get_element(env, list, i, &offset_value);
    napi_get_element(env, list, i + 1, &target);
    bool nested = false;
    if (napi_get_value_uint32(env, offset_value, &offset) != napi_ok) return false;
    napi_is_array(env, target, &nested);
    if (nested && !patch_nested(env, target, &target)) return false;
    if ((size_t)offset + sizeof(uint64_t) > attr_length) return false;
    if (!read_arg(env, target, &address, &bytes, &length)) return false;
    uint64_t pointer = (uint64_t)address;
    memcpy(attr + offset, &pointer, sizeof pointer);
  }
  return true;
}

static bool read_request(napi_env env, napi_callback_info info, struct request *request, napi_value argv[4]) {
  size_t argc = 4;
  int64_t number;
  uint32_t count;
  uint8_t *attr = NULL;
  size_t attr_length = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 2 || napi_get_value_int64(env, argv[0], &number) != napi_ok) return false;
  if (napi_get_array_length(env, argv[1], &count) != napi_ok || count > MAX_ARGS) return false;
  request->number = (long)number;
  if (napi_get_value_bool(env, argv[3], &request->kept) != napi_ok) request->kept = false;
  for (uint32_t i = 0; i < count; i++) {
    napi_value value;
    void *bytes;
    size_t length;
    napi_get_element(env, argv[1], i, &value);
    if (!read_arg(env, value, &request->args[i], &bytes, &length)) return false;
    if (bytes != NULL && attr == NULL) {
      attr = bytes;
      attr_length = length;
    }
  }
  napi_valuetype type;
  napi_typeof(env, argv[2], &type);
  return type != napi_object || patch_pointers(env, argv[2], attr, attr_length);
}

static void perform(struct request *request) {
  const long *a = request->args;
  if (request->kept) {
    struct kept_call call = {.number = request->number};
    memcpy(call.args, request->args, sizeof call.args);
    request->result = call_kept(&call);
    return;
  }
  long result = syscall(request->number, a[0], a[1], a[2], a[3], a[4], a[5]);
  request->result = result == -1 ? -(long)errno : result;
}

napi_value call_sync(napi_env env, napi_callback_info info) {
  struct request request = {0};
  napi_value argv[4], result;
  if (!read_request(env, info, &request, argv)) return type_error(env, "bad system call arguments");
  perform(&request);
  napi_create_int64(env, request.result, &result);
  return result;
}

static void execute(napi_env env, void *data) {
  (void)env;
  perform(data);
}

static void complete(napi_env env, napi_status status, void *data) {
  struct request *request = data;
  napi_value result;
  napi_create_int64(env, status == napi_ok ? request->result : -ECANCELED, &result);
  napi_resolve_deferred(env, request->deferred, result);
  napi_delete_reference(env, request->keep_args);
  napi_delete_reference(env, request->keep_pointers);
  napi_delete_async_work(env, request->work);
  free(request);
}

napi_value call_async(napi_env env, napi_callback_info info) {
  struct request *request = calloc(1, sizeof *request);
  napi_value argv[4], promise, name, pointers;
  if (request == NULL || !read_request(env, info, request, argv)) {
    free(request);
    return type_error(env, "bad system call arguments");
  }
  /* The list of pointers may be undefined, which cannot be referenced: keep it inside an array. */
  napi_create_array_with_length(env, 1, &pointers);
  napi_set_element(env, pointers, 0, argv[2]);
  napi_create_reference(env, argv[1], 1, &request->keep_args);
  napi_create_reference(env, pointers, 1, &request->keep_pointers);
  napi_create_promise(env, &request->deferred, &promise);
  napi_create_string_utf8(env, "ebpf-napi", NAPI_AUTO_LENGTH, &name);
  napi_create_async_work(env, NULL, name, execute, complete, request, &request->work);
  napi_queue_async_work(env, request->work);
  return promise;
}
