/*
 * A process to be traced while its tracer is killed: threads that call into libc without end, and a counter in a file
 * that says they are at work.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile unsigned long *progress;

static void *work(void *unused)
{
	for (;;) {
		char *volatile text = strdup("some text to copy");
		char *volatile found = strchr(text, 'x');

		if (!found)
			abort();
		free(text);
		__atomic_add_fetch(progress, 1, __ATOMIC_RELAXED);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int fd = open(argv[argc - 1], O_RDWR);

	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (progress == MAP_FAILED || pthread_create(&thread, NULL, work, NULL) != 0)
		return 1;
	puts("running");
	fflush(stdout);
	work(NULL);
}
