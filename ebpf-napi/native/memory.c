/*
 * Kernel memory as ArrayBuffers: ring buffers and mmapable array maps.
 *
 * The mapping lives exactly as long as the ArrayBuffer's backing store. unmap_memory detaches the buffer, which
 * makes every view on it empty and lets V8 release the store; only then does the finalizer unmap the pages.
 * So no view can be left pointing at pages that are gone.
 */
#include "addon.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

static void release(napi_env env, void *data, void *hint) {
  (void)env;
  munmap(data, (size_t)(uintptr_t)hint);
}

/* map(fd, offset, length, writable): ArrayBuffer, or minus errno. A negative fd gives shared anonymous memory. */
napi_value map_memory(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4], result;
  int32_t fd;
  int64_t offset, length;
  bool writable;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 4 || napi_get_value_int32(env, argv[0], &fd) != napi_ok ||
      napi_get_value_int64(env, argv[1], &offset) != napi_ok ||
      napi_get_value_int64(env, argv[2], &length) != napi_ok ||
      napi_get_value_bool(env, argv[3], &writable) != napi_ok)
    return type_error(env, "map(fd, offset, length, writable)");

  int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
  void *memory = mmap(NULL, (size_t)length, writable ? PROT_READ | PROT_WRITE : PROT_READ, flags, fd, offset);
  if (memory == MAP_FAILED) {
    napi_create_int64(env, -errno, &result);
    return result;
  }
  if (napi_create_external_arraybuffer(env, memory, (size_t)length, release, (void *)(uintptr_t)length, &result) != napi_ok) {
    munmap(memory, (size_t)length);
    return type_error(env, "this runtime does not allow external array buffers");
  }
  return result;
}

napi_value unmap_memory(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value buffer;
  napi_get_cb_info(env, info, &argc, &buffer, NULL, NULL);
  napi_detach_arraybuffer(env, buffer);
  return NULL;
}
