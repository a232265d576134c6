#!/usr/sbin/dtrace -s
/*
 * tcp-connections: connections as they are made, accepted and refused, and how
 * long each lasted when its end closes.
 *
 * usage: tcp-connections.d [port]
 */
#pragma D option quiet
#pragma D option defaultargs

BEGIN
{
	printf("%-9s %-24s %6s    %-24s %6s %9s %s\n", "EVENT", "LOCAL", "PORT",
	    "REMOTE", "PORT", "ms", "PROCESS");
}

tcp:::connect-request
/$1 == 0 || args[3]->tcps_rport == $1 || args[3]->tcps_lport == $1/
{
	asked[arg1] = timestamp;
	by[arg1] = execname;
}

tcp:::connect-established
/asked[arg1] != 0/
{
	this->took = timestamp - asked[arg1];
	printf("%-9s %-24s %6d -> %-24s %6d %5d.%03d %s\n", "connect",
	    args[3]->tcps_laddr, args[3]->tcps_lport, args[3]->tcps_raddr,
	    args[3]->tcps_rport, this->took / 1000000,
	    this->took % 1000000 / 1000, by[arg1]);
	open[arg1] = timestamp;
	port[arg1] = args[3]->tcps_lport;
	asked[arg1] = 0;
}

tcp:::connect-refused
/asked[arg1] != 0/
{
	printf("%-9s %-24s %6d -> %-24s %6d %9s %s\n", "refused",
	    args[3]->tcps_laddr, args[3]->tcps_lport, args[3]->tcps_raddr,
	    args[3]->tcps_rport, "", by[arg1]);
	asked[arg1] = 0;
	by[arg1] = 0;
}

tcp:::accept-established
/$1 == 0 || args[3]->tcps_rport == $1 || args[3]->tcps_lport == $1/
{
	printf("%-9s %-24s %6d <- %-24s %6d %9s\n", "accept",
	    args[3]->tcps_laddr, args[3]->tcps_lport, args[3]->tcps_raddr,
	    args[3]->tcps_rport, "");
	open[arg1] = timestamp;
	port[arg1] = args[3]->tcps_lport;
	by[arg1] = "";
}

/* The end has given its port back by then. */
tcp:::state-change
/args[3]->tcps_state == TCP_STATE_CLOSED && open[arg1] != 0/
{
	this->lived = timestamp - open[arg1];
	printf("%-9s %-24s %6d -- %-24s %6d %5d.%03d %s\n", "close",
	    args[3]->tcps_laddr, port[arg1], args[3]->tcps_raddr,
	    args[3]->tcps_rport, this->lived / 1000000,
	    this->lived % 1000000 / 1000, by[arg1]);
	open[arg1] = 0;
	port[arg1] = 0;
	by[arg1] = 0;
}
