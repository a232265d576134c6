#!/usr/sbin/dtrace -s
/*
 * disk-requests: every request to a disk when it is done: how long it took,
 * who asked for it, which way, how much, and of which file.
 *
 * usage: disk-requests.d [disk or partition]
 */
#pragma D option quiet
#pragma D option defaultargs
#pragma D option strsize=1k

BEGIN
{
	printf("%8s %7s %-16s %7s %-10s %s %8s %s\n", "AT s", "ms", "PROCESS",
	    "PID", "DEVICE", "W", "BYTES", "FILE");
	begun = timestamp;
}

/* A request is known by its device and its first block, from start to done. */
io:::start
/$$1 == "" || args[1]->dev_statname == $$1/
{
	this->block = args[0]->b_blkno;
	asked[args[0]->b_edev, this->block] = timestamp;
	by[args[0]->b_edev, this->block] = execname;
	pids[args[0]->b_edev, this->block] = pid;
}

io:::done
/asked[args[0]->b_edev, args[0]->b_blkno] != 0/
{
	this->block = args[0]->b_blkno;
	this->took = timestamp - asked[args[0]->b_edev, this->block];
	printf("%4d.%03d %3d.%03d %-16s %7d %-10s %s %8d %s\n",
	    (timestamp - begun) / 1000000000,
	    (timestamp - begun) % 1000000000 / 1000000,
	    this->took / 1000000, this->took % 1000000 / 1000,
	    by[args[0]->b_edev, this->block],
	    pids[args[0]->b_edev, this->block],
	    args[1]->dev_statname,
	    args[0]->b_flags & B_WRITE ? "W" : "R",
	    args[0]->b_bcount, args[2]->fi_pathname);
	asked[args[0]->b_edev, this->block] = 0;
	by[args[0]->b_edev, this->block] = 0;
	pids[args[0]->b_edev, this->block] = 0;
}
