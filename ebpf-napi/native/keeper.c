/*
 * System calls that must not be cut short.
 *
 * The kernel puts breakpoints into a process, and takes them out again, in the context of whoever attaches or closes a
 * uprobe. If that task has been killed it can no longer reach the other process's memory, and what is half done stays: the
 * breakpoints leak. So these calls are made by a process of their own, the keeper, which shares memory and descriptors with
 * this one and is killed with it by nobody. When this process is gone the keeper ends too, and closes what was left open.
 *
 * The keeper shares everything including this thread's errno: it makes its system calls itself and calls no library.
 */
#include "keeper.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STACK = 64 * 1024, PIDFD_OPEN = 434 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The process that has a keeper: a forked child has none. */
static pid_t owner;
static int requests[2], replies[2], parent_fd, keeper_fd;

#if defined(__x86_64__)
static long raw(long number, const long *a) {
  long result;
  register long r10 __asm__("r10") = a[3];
  register long r8 __asm__("r8") = a[4];
  register long r9 __asm__("r9") = a[5];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
static long raw(long number, const long *a) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a[0];
  register long x1 __asm__("x1") = a[1];
  register long x2 __asm__("x2") = a[2];
  register long x3 __asm__("x3") = a[3];
  register long x4 __asm__("x4") = a[4];
  register long x5 __asm__("x5") = a[5];
  __asm__ volatile("svc 0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}
#else
#error "system calls of this architecture are not known"
#endif

static long raw3(long number, long a, long b, long c) {
  long args[6] = {a, b, c, 0, 0, 0};
  return raw(number, args);
}

static void answer(void) {
  struct kept_call *call;
  if (raw3(SYS_read, requests[0], (long)&call, sizeof call) != sizeof call) return;
  call->result = raw(call->number, call->args);
  raw3(SYS_write, replies[1], (long)&call, sizeof call);
}

static int keep(void *unused) {
  struct pollfd fds[2] = {{.fd = requests[0], .events = POLLIN}, {.fd = parent_fd, .events = POLLIN}};
  /* Out of the reach of signals to the process group. */
  raw3(SYS_setsid, 0, 0, 0);
  raw3(SYS_prctl, PR_SET_NAME, (long)"uprobe-keeper", 0);
  for (;;) {
    long args[6] = {(long)fds, 2, 0, 0, 8, 0};
    if (raw(SYS_ppoll, args) < 0) continue;
    if (fds[0].revents & POLLIN) answer();
    else if (fds[1].revents) raw3(SYS_exit_group, 0, 0, 0);
  }
  return unused != NULL;
}

/* 0, or minus errno. */
static long start(void) {
  sigset_t all, old;
  char *stack = malloc(STACK);
  if (stack == NULL) return -ENOMEM;
  parent_fd = (int)syscall(PIDFD_OPEN, getpid(), 0);
  if (parent_fd < 0 || pipe2(requests, O_CLOEXEC) != 0 || pipe2(replies, O_CLOEXEC) != 0) return -errno;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &old);
  int pid = clone(keep, stack + STACK, CLONE_VM | CLONE_FILES | CLONE_PIDFD, NULL, &keeper_fd);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  if (pid < 0) return -error;
  owner = getpid();
  return 0;
}

/* Waits for the answer; -ECANCELED: somebody has killed the keeper, and there will be none. */
static long await_answer(struct kept_call *call) {
  struct pollfd fds[2] = {{.fd = replies[0], .events = POLLIN}, {.fd = keeper_fd, .events = POLLIN}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if ((fds[0].revents & POLLIN) && read(replies[0], &call, sizeof call) == sizeof call) return 0;
    if (fds[1].revents == 0) continue;
    owner = 0;
    return -ECANCELED;
  }
}

long call_kept(struct kept_call *call) {
  struct kept_call *request = call;
  long error;
  pthread_mutex_lock(&lock);
  /* Another keeper has a second try. */
  for (int tries = 0; tries < 2; tries++) {
    error = owner == getpid() ? 0 : start();
    if (error == 0 && write(requests[1], &request, sizeof request) != sizeof request) error = -errno;
    if (error == 0) error = await_answer(call);
    if (error != -ECANCELED) break;
  }
  pthread_mutex_unlock(&lock);
  return error == 0 ? call->result : error;
}
