// Calls itself deep, through the C library, a signal handler or a library loaded late, tells its stack as backtrace(3)
// sees it, and stays there: with system calls, or spinning.
#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEEP 40

static int spins;
static volatile long sink;

__attribute__((noinline)) static int leaf(void) {
  void *frames[200];
  int count = backtrace(frames, 200);
  for (int i = 0; i < count; i++) printf("%p ", frames[i]);
  printf("\n");
  fflush(stdout);
  for (;;) {
    if (spins) {
      sink++;
    } else {
      syscall(SYS_getppid);
      usleep(1000);
    }
  }
  return 1;
}

int descend(int n);

__attribute__((noinline)) static int compare(const void *a, const void *b) {
  sink += descend(DEEP / 2 - 1);
  return *(const int *)a - *(const int *)b;
}

// Every frame of another size, all of them unknown to the compiler.
__attribute__((noinline)) int descend(int n) {
  volatile char room[n * 24 + 16];
  room[n] = n;
  if (n == 0) return leaf() + room[n];
  if (n == DEEP / 2) {
    int pair[] = {2, 1};
    qsort(pair, 2, sizeof pair[0], compare);
    return pair[0] + room[n];
  }
  return descend(n - 1) + room[n];
}

// Returns, and is called again.
__attribute__((noipa)) int hop(int n) {
  if (n > 0) {
    // Keeps the compiler from making a loop of it.
    volatile int below = hop(n - 1);
    return below + 1;
  }
  syscall(SYS_getppid);
  usleep(1000);
  return 0;
}

static void handle(int signal) { sink += descend(signal > 0 ? 10 : 0); }

int main(int argc, char **argv) {
  const char *mode = argv[1];
  spins = strcmp(mode, "spin") == 0;
  if (strcmp(mode, "signal") == 0) {
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
  } else if (strcmp(mode, "hop") == 0) {
    for (;;) sink += hop(3);
  } else if (strcmp(mode, "late") == 0) {
    // Frees what loading needs before: the order of the libraries is nobody's business.
    while (getchar() != '\n') syscall(SYS_getppid);
    void *library = dlopen(argv[2], RTLD_NOW);
    int (*through)(int (*)(int), int) = (int (*)(int (*)(int), int))dlsym(library, "through");
    return through(descend, 10);
  }
  return descend(DEEP);
}
