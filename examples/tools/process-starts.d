#!/usr/sbin/dtrace -s
/*
 * process-starts: every program that is started, with its arguments, and how
 * it ended and after how long when that is seen.
 *
 * usage: process-starts.d
 */
#pragma D option quiet

BEGIN
{
	printf("%-5s %7s %7s %5s %9s %s\n", "EVENT", "PID", "PARENT", "USER",
	    "LIVED ms", "PROGRAM");
}

proc:::exec-success
{
	started[pid] = timestamp;
	printf("%-5s %7d %7d %5d %9s %s\n", "start", pid, ppid, uid, "",
	    curpsinfo->pr_psargs);
}

proc:::exec-failure
{
	printf("%-5s %7d %7d %5d %9s error %d, by %s\n", "fail", pid, ppid, uid, "",
	    args[0], execname);
}

proc:::exit
/started[pid] != 0/
{
	this->lived = timestamp - started[pid];
	printf("%-5s %7d %7d %5d %5d.%03d %s%s\n", "end", pid, ppid, uid,
	    this->lived / 1000000, this->lived % 1000000 / 1000, execname,
	    args[0] == CLD_EXITED ? "" : args[0] == CLD_KILLED ? " (killed)" :
	    " (killed, core dumped)");
	started[pid] = 0;
}
