/* What live tests make the kernel do: one small deed per run, named by the first argument. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 65536

static char **rest;

static void need(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}

static void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void pin(int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof set, &set);
}

/* ---- processes and signals ---- */

static void do_fork(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void do_vfork(void)
{
	pid_t child = vfork();
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void *nothing(void *argument)
{
	return argument;
}

static void do_thread(void)
{
	pthread_t thread;
	need(pthread_create(&thread, NULL, nothing, NULL) == 0, "pthread_create");
	pthread_join(thread, NULL);
}

static void do_exec(void)
{
	execl("/bin/true", "true", "one", "two", NULL);
}

static void do_exec_failure(void)
{
	execl("/absent/program", "program", NULL);
}

static void do_exit(void)
{
	_exit(3);
}

static void do_killed(void)
{
	kill(getpid(), SIGKILL);
}

static void handler(int number)
{
	(void)number;
}

static void do_signal(void)
{
	signal(SIGUSR1, handler);
	kill(getpid(), SIGUSR1);
}

static void do_ignored(void)
{
	signal(SIGWINCH, SIG_IGN);
	kill(getpid(), SIGWINCH);
}

static void do_sigwait(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR2);
	sigwaitinfo(&set, NULL);
}

static void do_fault(void)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	*(volatile int *)0 = 1;
}

static void do_too_many(void)
{
	struct rlimit one = {1, 1};
	need(setresuid(65534, 65534, 65534) == 0, "setresuid");
	setrlimit(RLIMIT_NPROC, &one);
	if (fork() == 0)
		_exit(0);
}

/* ---- scheduling ---- */

static void do_yield(void)
{
	pin(0);
	for (double end = seconds() + 0.2; seconds() < end;)
		sched_yield();
}

static void do_sleep(void)
{
	for (int i = 0; i < 20; i++)
		pause_ms(2);
}

static void do_priority(void)
{
	setpriority(PRIO_PROCESS, 0, 7);
}

static void do_real_time(void)
{
	struct sched_param parameters = {.sched_priority = 3};
	sched_setscheduler(0, SCHED_RR, &parameters);
}

/* Two processes on one CPU that never stop by themselves. */
static void do_compete(void)
{
	pid_t other = fork();
	pin(0);
	for (double end = seconds() + 0.3; seconds() < end;)
		;
	if (other == 0)
		_exit(0);
	waitpid(other, NULL, 0);
}

/* From one CPU to another. */
static void do_migrate(void)
{
	for (int i = 0; i < 20; i++)
		pin(i);
}

/* A process on one CPU is pushed aside by one that is woken from another CPU. */
static void do_push(void)
{
	int pipes[2];
	char byte = 0;
	need(pipe(pipes) == 0, "pipe");
	pid_t spinner = fork();
	if (spinner == 0) {
		pin(1);
		for (;;)
			;
	}
	pid_t urgent = fork();
	if (urgent == 0) {
		struct sched_param parameters = {.sched_priority = 10};
		pin(1);
		sched_setscheduler(0, SCHED_FIFO, &parameters);
		close(pipes[1]);
		while (read(pipes[0], &byte, 1) == 1)
			;
		_exit(0);
	}
	pin(0);
	close(pipes[0]);
	for (int i = 0; i < 20; i++) {
		if (write(pipes[1], &byte, 1) != 1)
			break;
		pause_ms(5);
	}
	close(pipes[1]);
	kill(spinner, SIGKILL);
	waitpid(spinner, NULL, 0);
	waitpid(urgent, NULL, 0);
}

static pthread_mutex_t inherited;

static void *wait_urgently(void *argument)
{
	struct sched_param parameters = {.sched_priority = 5};
	sched_setscheduler(0, SCHED_FIFO, &parameters);
	pthread_mutex_lock(&inherited);
	pthread_mutex_unlock(&inherited);
	return argument;
}

/* A thread waits for a lock that hands its priority on to the owner. */
static void do_inherit(void)
{
	pthread_mutexattr_t attributes;
	pthread_t waiter;
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&inherited, &attributes);
	pthread_mutex_lock(&inherited);
	need(pthread_create(&waiter, NULL, wait_urgently, NULL) == 0, "pthread_create");
	pause_ms(50);
	pthread_mutex_unlock(&inherited);
	pthread_join(waiter, NULL);
}

/* ---- locks of the kernel ---- */

static double deadline;

/* Every change of the address space takes its lock for writing, every fault for reading. */
static void *change_memory(void *argument)
{
	while (seconds() < deadline) {
		char *memory = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			break;
		for (int i = 0; i < 64; i++)
			memory[i * 4096] = 1;
		mprotect(memory, 4096, PROT_READ);
		munmap(memory, 64 * 4096);
	}
	return argument;
}

static int crowded[2];

static void *fill_pipe(void *argument)
{
	char bytes[4096] = {0};
	while (seconds() < deadline)
		if (write(crowded[1], bytes, sizeof bytes) < 0 && read(crowded[0], bytes, sizeof bytes) < 0)
			break;
	return argument;
}

static void *rename_files(void *argument)
{
	/* Every other thread looks up names that are not there, which takes the folder's lock for reading. */
	if ((intptr_t)argument % 2)
		while (seconds() < deadline) {
			char absent[80];
			snprintf(absent, sizeof absent, "/tmp/workload-%.9f", seconds());
			access(absent, F_OK);
		}
	char from[64], to[80];
	snprintf(from, sizeof from, "/tmp/workload-%d-%ld", getpid(), (long)(intptr_t)argument);
	snprintf(to, sizeof to, "%s-too", from);
	close(open(from, O_CREAT | O_WRONLY, 0600));
	while (seconds() < deadline) {
		rename(from, to);
		rename(to, from);
	}
	unlink(from);
	return argument;
}

/* Who reads through a shared open file keeps the lock on its position all the while. */
static int shared;

static void *read_shared(void *argument)
{
	char *bytes = malloc(1 << 20);
	while (bytes && seconds() < deadline) {
		lseek(shared, 0, SEEK_SET);
		if (read(shared, bytes, 1 << 20) < 0)
			break;
	}
	free(bytes);
	return argument;
}

/* Processes that come and go change the list of all processes, which others read. */
static void *come_and_go(void *argument)
{
	while (seconds() < deadline)
		do_fork();
	return argument;
}

static void *wake_nobody(void *argument)
{
	static int word;
	while (seconds() < deadline)
		syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
	return argument;
}

static void crowd(void *(*deed)(void *), int count)
{
	pthread_t threads[16];
	deadline = seconds() + 0.5;
	for (intptr_t i = 0; i < count; i++)
		need(pthread_create(&threads[i], NULL, deed, (void *)i) == 0, "pthread_create");
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

static void do_memory_lock(void)
{
	crowd(change_memory, 8);
}

static void do_file_lock(void)
{
	char file[64];
	snprintf(file, sizeof file, "/tmp/workload-%d", getpid());
	shared = open(file, O_CREAT | O_RDWR, 0600);
	need(shared >= 0 && ftruncate(shared, 1 << 20) == 0, file);
	unlink(file);
	crowd(read_shared, 8);
}

static void do_pipe_lock(void)
{
	need(pipe2(crowded, O_NONBLOCK) == 0, "pipe2");
	crowd(fill_pipe, 8);
}

static void do_rename_lock(void)
{
	crowd(rename_files, 8);
}

static void do_process_lock(void)
{
	crowd(come_and_go, 8);
}

static void do_spin_lock(void)
{
	crowd(wake_nobody, 8);
}

/* ---- memory ---- */

static void do_memory(void)
{
	size_t size = 64 * 4096;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	need(memory != MAP_FAILED, "mmap");
	memset(memory, 1, size);
	pid_t child = fork();
	memory[0] = 2;
	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	mprotect(memory, 4096, PROT_NONE);
	/* The kernel itself meets pages that are not there yet. */
	char *more = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int zero = open("/dev/zero", O_RDONLY);
	if (read(zero, more, size) < 0)
		perror("read");
	close(zero);
}

/* ---- files ---- */

static char *block(void)
{
	void *memory = NULL;
	need(posix_memalign(&memory, 4096, BLOCK) == 0, "posix_memalign");
	memset(memory, 'x', BLOCK);
	return memory;
}

static void do_write_direct(void)
{
	int fd = open(rest[0], O_CREAT | O_WRONLY | O_DIRECT, 0600);
	need(fd >= 0 && write(fd, block(), BLOCK) == BLOCK, rest[0]);
	close(fd);
}

static void do_read_direct(void)
{
	int fd = open(rest[0], O_RDONLY | O_DIRECT);
	need(fd >= 0 && read(fd, block(), BLOCK) >= 0, rest[0]);
	close(fd);
}

static void do_write_cached(void)
{
	int fd = open(rest[0], O_CREAT | O_WRONLY | O_TRUNC, 0600);
	need(fd >= 0 && write(fd, block(), BLOCK) == BLOCK && fsync(fd) == 0, rest[0]);
	close(fd);
}

static void do_read_cached(void)
{
	int fd = open(rest[0], O_RDONLY);
	need(fd >= 0, rest[0]);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	need(read(fd, block(), BLOCK) >= 0, rest[0]);
	close(fd);
}

/* Given to the disk without anybody who waits for it. */
static void do_write_async(void)
{
	int fd = open(rest[0], O_CREAT | O_WRONLY, 0600);
	need(fd >= 0 && write(fd, block(), BLOCK) == BLOCK, rest[0]);
	need(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) == 0, "sync_file_range");
	close(fd);
}

/* A page that has to come from the disk. */
static void do_major_fault(void)
{
	int fd = open(rest[0], O_RDONLY);
	need(fd >= 0, rest[0]);
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	volatile char *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	need(mapped != MAP_FAILED, "mmap");
	(void)*mapped;
	close(fd);
}

/* What the calls that take a file, or a path, can be asked; in the folder given. */
static void do_files(void)
{
	char file[4096], other[4096], folder[4096], bytes[256] = {0};
	struct stat status;
	struct iovec vector = {bytes, sizeof bytes};
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct dirent *entry;
	snprintf(file, sizeof file, "%s/file", rest[0]);
	snprintf(other, sizeof other, "%s/other", rest[0]);
	snprintf(folder, sizeof folder, "%s/folder", rest[0]);
	int fd = open(file, O_CREAT | O_RDWR | O_TRUNC, 0600);
	need(fd >= 0, file);
	need(write(fd, bytes, sizeof bytes) > 0 && writev(fd, &vector, 1) > 0, "write");
	need(pwrite(fd, bytes, sizeof bytes, 0) > 0, "pwrite");
	lseek(fd, 0, SEEK_SET);
	need(read(fd, bytes, sizeof bytes) > 0 && readv(fd, &vector, 1) > 0, "read");
	need(pread(fd, bytes, sizeof bytes, 0) > 0, "pread");
	fsync(fd);
	fstat(fd, &status);
	stat(file, &status);
	ioctl(fd, FIONREAD, &(int){0});
	fcntl(fd, F_SETLK, &lock);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fchmod(fd, 0640);
	chmod(file, 0600);
	fallocate(fd, 0, 0, 8192);
	if (ftruncate(fd, 4096) < 0)
		perror("ftruncate");
	void *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	munmap(mapped, 4096);
	close(fd);
	mkdir(folder, 0700);
	rmdir(folder);
	unlink(other);
	if (link(file, other) < 0)
		perror("link");
	unlink(other);
	if (symlink("file", other) < 0)
		perror("symlink");
	if (readlink(other, bytes, sizeof bytes) < 0)
		perror("readlink");
	unlink(other);
	rename(file, other);
	DIR *directory = opendir(rest[0]);
	while (directory && (entry = readdir(directory)) != NULL)
		;
	closedir(directory);
	unlink(other);
}

/* ---- messages between processes ---- */

static void do_messages(void)
{
	struct {
		long type;
		char text[8];
	} message = {1, "hello"};
	int queue = msgget(IPC_PRIVATE, 0600);
	need(queue >= 0 && msgsnd(queue, &message, 8, 0) == 0, "msgsnd");
	need(msgrcv(queue, &message, 8, 0, 0) == 8, "msgrcv");
	msgctl(queue, IPC_RMID, NULL);
	int semaphore = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf up = {0, 1, 0};
	need(semaphore >= 0 && semop(semaphore, &up, 1) == 0, "semop");
	semctl(semaphore, 0, IPC_RMID);
}

/* ---- the network, all of it on this machine ---- */

static struct sockaddr_in here(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static int listening(struct sockaddr_in *address)
{
	socklen_t size = sizeof *address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	*address = here(0);
	need(bind(fd, (struct sockaddr *)address, size) == 0 && listen(fd, 4) == 0, "listen");
	getsockname(fd, (struct sockaddr *)address, &size);
	return fd;
}

/* Connects to the port given, or to one of its own, says hello and ends it. */
static void do_tcp(void)
{
	struct sockaddr_in address;
	char bytes[16];
	int server = -1, peer = -1;
	if (rest[0])
		address = here(atoi(rest[0]));
	else
		server = listening(&address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	need(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
	if (server >= 0)
		peer = accept(server, NULL, NULL);
	need(write(fd, "hello", 5) == 5, "write");
	if (peer >= 0)
		need(read(peer, bytes, sizeof bytes) == 5, "read");
	close(fd);
}

/* Nobody listens there. */
static void do_refused(void)
{
	struct sockaddr_in address = here(rest[0] ? atoi(rest[0]) : 1);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	connect(fd, (struct sockaddr *)&address, sizeof address);
	close(fd);
}

/* A connection that ends without good-bye. */
static void do_reset(void)
{
	struct sockaddr_in address;
	struct linger at_once = {1, 0};
	int server = listening(&address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	need(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
	int peer = accept(server, NULL, NULL);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
	pause_ms(10);
	close(peer);
}

/* A segment whose checksum is wrong. */
static void do_bad_segment(void)
{
	struct sockaddr_in address = here(0);
	unsigned char segment[20] = {0, 9, 0, 9, [12] = 0x50, [13] = 2, [16] = 1, [17] = 1};
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
	if (sendto(fd, segment, sizeof segment, 0, (struct sockaddr *)&address, sizeof address) < 0)
		perror("sendto");
	close(fd);
}

/* More connections than the other end has room for: who gets no answer asks again after a second. */
static void do_crowded(void)
{
	struct sockaddr_in address;
	socklen_t size = sizeof address;
	int server = socket(AF_INET, SOCK_STREAM, 0);
	address = here(0);
	need(bind(server, (struct sockaddr *)&address, size) == 0 && listen(server, 0) == 0, "listen");
	getsockname(server, (struct sockaddr *)&address, &size);
	for (int i = 0; i < 6; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fd, (struct sockaddr *)&address, size);
	}
	pause_ms(1500);
}

static void do_udp(void)
{
	struct sockaddr_in address = here(rest[0] ? atoi(rest[0]) : 9);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (sendto(fd, "hello", 5, 0, (struct sockaddr *)&address, sizeof address) < 0)
		perror("sendto");
	close(fd);
}

/* Nobody takes what arrives: the socket's buffer fills. */
static void do_udp_overflow(void)
{
	struct sockaddr_in address = here(0);
	socklen_t size = sizeof address;
	char bytes[1024] = {0};
	int small = 1, deaf = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(deaf, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	need(bind(deaf, (struct sockaddr *)&address, size) == 0, "bind");
	getsockname(deaf, (struct sockaddr *)&address, &size);
	for (int i = 0; i < 64; i++)
		if (sendto(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&address, size) < 0)
			break;
}

static void do_spin(void)
{
	for (double end = seconds() + 0.3; seconds() < end;)
		;
}

static const struct {
	const char *name;
	void (*run)(void);
} deeds[] = {
	{"fork", do_fork},
	{"vfork", do_vfork},
	{"thread", do_thread},
	{"exec", do_exec},
	{"exec-failure", do_exec_failure},
	{"exit", do_exit},
	{"killed", do_killed},
	{"signal", do_signal},
	{"ignored", do_ignored},
	{"sigwait", do_sigwait},
	{"fault", do_fault},
	{"too-many", do_too_many},
	{"yield", do_yield},
	{"sleep", do_sleep},
	{"priority", do_priority},
	{"real-time", do_real_time},
	{"compete", do_compete},
	{"migrate", do_migrate},
	{"push", do_push},
	{"inherit", do_inherit},
	{"memory-lock", do_memory_lock},
	{"file-lock", do_file_lock},
	{"pipe-lock", do_pipe_lock},
	{"rename-lock", do_rename_lock},
	{"process-lock", do_process_lock},
	{"spin-lock", do_spin_lock},
	{"memory", do_memory},
	{"write-direct", do_write_direct},
	{"read-direct", do_read_direct},
	{"write-cached", do_write_cached},
	{"write-async", do_write_async},
	{"major-fault", do_major_fault},
	{"read-cached", do_read_cached},
	{"files", do_files},
	{"messages", do_messages},
	{"tcp", do_tcp},
	{"refused", do_refused},
	{"reset", do_reset},
	{"bad-segment", do_bad_segment},
	{"crowded", do_crowded},
	{"udp", do_udp},
	{"udp-overflow", do_udp_overflow},
	{"spin", do_spin},
};

int main(int argc, char **argv)
{
	rest = argv + (argc > 1 ? 2 : 1);
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		if (argc > 1 && strcmp(argv[1], deeds[i].name) == 0) {
			deeds[i].run();
			return 0;
		}
	}
	fprintf(stderr, "%s: no such deed\n", argc > 1 ? argv[1] : "");
	return 2;
}
