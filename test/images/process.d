#pragma D option quiet
#pragma D option aggsortkey
#pragma D option evaltime=exec

BEGIN
{
	printf("%s %d %d\n", execname, curthread->tgid == pid, curthread->real_parent->tgid == ppid);
}

proc:::exec-success
/pid == $target/
{
	printf("exec %s: %d %s\n", execname, curpsinfo->pr_size > 0, curpsinfo->pr_psargs);
	@stacks[stack(2)] = count();
}

syscall::open*:entry
/pid == $target/
{
	@opens[probefunc, copyinstr(arg1), cwd] = count();
}

syscall::*write*:entry
/pid == $target/
{
	@writes[fds[arg0].fi_name, fds[arg0].fi_fs, curlwpsinfo->pr_lwpid == tid] = sum(arg2);
}

sched:::on-cpu
/pid == $target/
{
	@places[curlwpsinfo->pr_pri > 0, curlwpsinfo->pr_lwpid == tid] = max(1);
	self->on = timestamp;
}

sched:::off-cpu
/self->on/
{
	@times[args[1]->pr_pid >= 0] = max(timestamp > self->on);
}

proc:::exit
/pid == $target/
{
	/* Its memory has been given back by then, on some kernels. */
	printf("exit %d: %s\n", args[0], curpsinfo->pr_fname);
}
