/*
 * Start a command that waits before its first instruction, without ptrace.
 *
 * The forked child stops itself with SIGSTOP. A process stops on its way back to user mode, after the tracepoint
 * for the return of kill(2) has fired; so once it is continued its very next system call is the execve. The gate,
 * a word of shared memory, tells a real release from a stray SIGCONT and costs no system call to read.
 */
#include "addon.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct command {
  const char *file;
  char **argv;
  char **shell_argv; /* for a script without #!, as execvp(3) runs it */
  char **envp;
  const char *cwd;
  const volatile int32_t *gate;
  int error_fd;
  bool die_with_parent;
  pid_t parent;
};

/* Only async-signal-safe calls: the other threads of the process are gone, whatever locks they held. */
static void run_child(const struct command *command) {
  struct sigaction action;
  sigset_t none;
  pid_t self = getpid();
  /* Node's handlers must not run here: they write to pipes shared with the parent. Ignored signals stay ignored,
     as for any child, except the two that Node ignores for itself. */
  for (int number = 1; number < NSIG; number++) {
    if (sigaction(number, NULL, &action) != 0) continue;
    bool for_node = number == SIGPIPE || number == SIGXFSZ;
    if (action.sa_handler == SIG_DFL || (action.sa_handler == SIG_IGN && !for_node)) continue;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
  }
  /* Node marks what it was started with as not to be inherited, and may have made it non-blocking for itself. */
  for (int fd = 0; fd <= 2; fd++) {
    fcntl(fd, F_SETFD, 0);
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  }
  /* Outlives the execve: whoever is stopped when the parent dies goes on. The parent may have died before it was asked for. */
  prctl(PR_SET_PDEATHSIG, command->die_with_parent ? SIGKILL : SIGCONT);
  if (getppid() != command->parent) _exit(127);
  int32_t error = 0;
  if (command->cwd != NULL && chdir(command->cwd) != 0) error = errno;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  while (*command->gate == 0) {
    kill(self, SIGSTOP);
    /* Nobody is left who would open the gate. */
    if (*command->gate == 0 && getppid() != command->parent) _exit(127);
  }
  if (error == 0) {
    execve(command->file, command->argv, command->envp);
    if (errno == ENOEXEC) execve("/bin/sh", command->shell_argv, command->envp);
    error = errno;
  }
  (void)!write(command->error_fd, &error, sizeof error);
  _exit(127);
}

/* NUL-terminated strings, one after the other, as a vector; the strings stay where they are. */
static char **to_vector(char *bytes, size_t length, size_t reserve) {
  size_t count = 0, next = reserve;
  for (size_t i = 0; i < length; i++) count += bytes[i] == '\0';
  char **vector = calloc(count + reserve + 1, sizeof *vector);
  if (vector == NULL) return NULL;
  for (size_t start = 0, i = 0; i < length; i++) {
    if (bytes[i] != '\0') continue;
    vector[next++] = bytes + start;
    start = i + 1;
  }
  return vector;
}

/* spawnHeld(file, argv, environment, cwd | null, gate, errorFd, dieWithParent): pid of the stopped child, or minus errno. */
napi_value spawn_held(napi_env env, napi_callback_info info) {
  size_t argc = 7, length[5] = {0};
  napi_value argv[7], result;
  void *bytes[5] = {NULL};
  struct command command;
  sigset_t all, old;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  for (int i = 0; i < 5; i++) bytes_of(env, argv[i], &bytes[i], &length[i]);
  if (!bytes[0] || !bytes[1] || !bytes[4] ||
      napi_get_value_int32(env, argv[5], &command.error_fd) != napi_ok ||
      napi_get_value_bool(env, argv[6], &command.die_with_parent) != napi_ok)
    return type_error(env, "spawnHeld(file, argv, environment, cwd, gate, errorFd, dieWithParent)");
  command.parent = getpid();
  command.file = bytes[0];
  command.cwd = bytes[3];
  command.gate = (const volatile int32_t *)bytes[4];
  command.argv = to_vector(bytes[1], length[1], 0);
  command.envp = to_vector(bytes[2], length[2], 0);
  command.shell_argv = to_vector(bytes[1], length[1], 1);
  int error = ENOMEM;
  pid_t pid = -1;
  if (command.argv && command.envp && command.shell_argv) {
    command.shell_argv[0] = "sh";
    command.shell_argv[1] = bytes[0];
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pid = fork();
    error = errno;
    if (pid == 0) run_child(&command);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
  }
  free(command.argv);
  free(command.envp);
  free(command.shell_argv);
  if (pid > 0) {
    /* Returning only once it has stopped makes sure that a later SIGCONT is not lost. */
    int status;
    pid_t waited;
    while ((waited = waitpid(pid, &status, WUNTRACED)) < 0 && errno == EINTR) continue;
    if (waited == pid && !WIFSTOPPED(status)) {
      pid = -1;
      error = ECHILD;
    }
  }
  napi_create_int32(env, pid > 0 ? pid : -error, &result);
  return result;
}
