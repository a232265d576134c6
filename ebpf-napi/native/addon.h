/* Shared declarations of the addon. Every function here is registered by module.c under its own name. */
#ifndef EBPF_NAPI_ADDON_H
#define EBPF_NAPI_ADDON_H

#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

napi_value call_sync(napi_env env, napi_callback_info info);
napi_value call_async(napi_env env, napi_callback_info info);
napi_value map_memory(napi_env env, napi_callback_info info);
napi_value unmap_memory(napi_env env, napi_callback_info info);
napi_value poll_open(napi_env env, napi_callback_info info);
napi_value poll_ref(napi_env env, napi_callback_info info);
napi_value poll_close(napi_env env, napi_callback_info info);
napi_value spawn_held(napi_env env, napi_callback_info info);

/* The bytes behind a typed array, DataView or ArrayBuffer; false if the value is none of them. Empty: NULL. */
bool bytes_of(napi_env env, napi_value value, void **data, size_t *length);

/* Throws a TypeError and returns NULL, so that callers can `return type_error(...)`. */
napi_value type_error(napi_env env, const char *message);

#endif
