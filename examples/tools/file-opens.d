#!/usr/sbin/dtrace -s
/*
 * file-opens: files as processes open them, with what came of it: the number
 * of the open file, or the error.
 *
 * usage: file-opens.d [name of a program]
 */
#pragma D option quiet
#pragma D option defaultargs
#pragma D option strsize=1k

BEGIN
{
	printf("%-16s %7s %5s %5s %s\n", "PROCESS", "PID", "FD", "ERROR", "PATH");
}

syscall::open:entry,
syscall::creat:entry
/$$1 == "" || execname == $$1/
{
	self->path = arg0;
}

syscall::openat:entry,
syscall::openat2:entry
/$$1 == "" || execname == $$1/
{
	self->path = arg1;
}

/* The path is looked at when the kernel has: its page is in memory then. */
syscall::open:return,
syscall::creat:return,
syscall::openat:return,
syscall::openat2:return
/self->path/
{
	printf("%-16s %7d %5d %5d %s\n", execname, pid, errno ? -1 : (int)arg1,
	    errno, copyinstr(self->path));
	self->path = 0;
}
