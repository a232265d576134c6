/*
 * helper run COMMAND...     runs it; prints wall ns and peak RSS in KiB, and its exit status
 * helper stamp              prints CLOCK_MONOTONIC: as a tracer's -c command, the moment everything is attached
 * helper loop CPU N [DEPTH] N getppid calls on one CPU after as many / 10 to warm up, so many calls deep; prints ns
 *                           per call
 * helper call CPU N         the same with calls of called(), a function of its own
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int run(char **argv)
{
	struct rusage usage;
	uint64_t start = now(), end;
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	wait4(pid, &status, 0, &usage);
	end = now();
	/* On a descriptor of its own: stdout and stderr are the command's. */
	dprintf(3, "%llu %llu %ld %d\n", (unsigned long long)start, (unsigned long long)(end - start), usage.ru_maxrss,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

/* As compilers write functions that do something: it starts by pushing a register. */
__attribute__((noipa)) long called(long a, long b)
{
	__asm__ volatile("" ::: "rbx");
	return a + b;
}

/* As compilers write those that do little: it starts with an instruction that the kernel has to step through. */
__attribute__((noipa)) long summed(long a, long b)
{
	return a + b;
}

static void get_parent(long i)
{
	(void)i;
	syscall(SYS_getppid);
}

static void call(long i)
{
	called(i, 1);
}

static void sum(long i)
{
	summed(i, 1);
}

static int loop(int cpu, long n, const char *word, void (*once)(long))
{
	cpu_set_t set;
	uint64_t start, end;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		return 1;
	for (long i = 0; i < n / 10; i++)
		once(i);
	start = now();
	for (long i = 0; i < n; i++)
		once(i);
	end = now();
	return dprintf(2, "%s %.2f\n", word, (double)(end - start) / n) < 0;
}

/* With frame pointers, which not every tracer can do without. */
__attribute__((noinline, optimize("no-omit-frame-pointer"))) static int deep(int cpu, long n, int depth)
{
	volatile int result = depth > 0 ? deep(cpu, n, depth - 1) : loop(cpu, n, "loop", get_parent);

	return result;
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	if (argc == 2 && !strcmp(argv[1], "stamp"))
		return dprintf(2, "stamp %llu\n", (unsigned long long)now()) < 0;
	if ((argc == 4 || argc == 5) && !strcmp(argv[1], "loop"))
		return deep(atoi(argv[2]), atol(argv[3]), argc == 5 ? atoi(argv[4]) : 0);
	if (argc == 4 && !strcmp(argv[1], "call"))
		return loop(atoi(argv[2]), atol(argv[3]), "call", call);
	if (argc == 4 && !strcmp(argv[1], "sum"))
		return loop(atoi(argv[2]), atol(argv[3]), "call", sum);
	return 2;
}
