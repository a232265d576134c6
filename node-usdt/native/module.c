/*
 * What JavaScript cannot do by itself: map a file in memory as code and as counters, and run the code where a probe is.
 *
 * A mapping lives as long as the ArrayBuffer's backing store: unmap detaches the buffer, so that no view of it is left,
 * and the pages go with the store. `fire` takes a detached buffer for no code at all.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

static napi_value type_error(napi_env env, const char *message) {
  napi_throw_type_error(env, NULL, message);
  return NULL;
}

static void release(napi_env env, void *data, void *hint) {
  (void)env;
  munmap(data, (size_t)(uintptr_t)hint);
}

/* file(name): descriptor of a file in memory, or minus errno. It is gone when nobody has it open or mapped. */
static napi_value file(napi_env env, napi_callback_info info) {
  size_t argc = 1, length;
  napi_value argv[1], result;
  char name[128];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 1 || napi_get_value_string_utf8(env, argv[0], name, sizeof name, &length) != napi_ok)
    return type_error(env, "file(name)");
  int fd = memfd_create(name, MFD_CLOEXEC);
  napi_create_int32(env, fd < 0 ? -errno : fd, &result);
  return result;
}

/* map(fd, offset, length, code): ArrayBuffer, or minus errno. Code can be run, anything else written. */
static napi_value map(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4], result;
  int32_t fd;
  int64_t offset, length;
  bool code;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 4 || napi_get_value_int32(env, argv[0], &fd) != napi_ok ||
      napi_get_value_int64(env, argv[1], &offset) != napi_ok ||
      napi_get_value_int64(env, argv[2], &length) != napi_ok ||
      napi_get_value_bool(env, argv[3], &code) != napi_ok)
    return type_error(env, "map(fd, offset, length, code)");

  int rights = PROT_READ | (code ? PROT_EXEC : PROT_WRITE);
  void *memory = mmap(NULL, (size_t)length, rights, MAP_PRIVATE, fd, offset);
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

static napi_value unmap(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value buffer;
  napi_get_cb_info(env, info, &argc, &buffer, NULL, NULL);
  napi_detach_arraybuffer(env, buffer);
  return NULL;
}

/*
 * fire(code, entry, words, texts): runs the code at an offset with the address of the words. texts: a list of number,
 * bytes, …: the address of the bytes becomes the word of that number.
 */
static napi_value fire(napi_env env, napi_callback_info info) {
  size_t argc = 4, code_length, count;
  napi_value argv[4], element;
  void *code, *words;
  uint32_t entry, texts;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (argc < 4 || napi_get_arraybuffer_info(env, argv[0], &code, &code_length) != napi_ok ||
      napi_get_value_uint32(env, argv[1], &entry) != napi_ok ||
      napi_get_typedarray_info(env, argv[2], NULL, &count, &words, NULL, NULL) != napi_ok ||
      napi_get_array_length(env, argv[3], &texts) != napi_ok)
    return type_error(env, "fire(code, entry, words, texts)");
  if (entry >= code_length) return NULL;

  for (uint32_t i = 0; i + 1 < texts; i += 2) {
    uint32_t at;
    void *bytes;
    napi_get_element(env, argv[3], i, &element);
    if (napi_get_value_uint32(env, element, &at) != napi_ok || at >= count) return type_error(env, "no such word");
    napi_get_element(env, argv[3], i + 1, &element);
    if (napi_get_typedarray_info(env, element, NULL, NULL, &bytes, NULL, NULL) != napi_ok)
      return type_error(env, "a text is bytes");
    ((uint64_t *)words)[at] = (uint64_t)(uintptr_t)bytes;
  }
  ((void (*)(const void *))(uintptr_t)((char *)code + entry))(words);
  return NULL;
}

NAPI_MODULE_INIT() {
  static const napi_property_descriptor properties[] = {
    { "file", NULL, file, NULL, NULL, NULL, napi_default, NULL },
    { "map", NULL, map, NULL, NULL, NULL, napi_default, NULL },
    { "unmap", NULL, unmap, NULL, NULL, NULL, napi_default, NULL },
    { "fire", NULL, fire, NULL, NULL, NULL, napi_default, NULL },
  };
  napi_define_properties(env, exports, sizeof properties / sizeof *properties, properties);
  return exports;
}
