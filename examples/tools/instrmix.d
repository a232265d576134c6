#!/usr/sbin/dtrace -s
/*
 * instrmix: what the instructions of some functions are that a program
 * executes: how many of each class.
 *
 * usage: instrmix.d -c command module function
 *        instrmix.d -p process module function
 *
 * Module is a.out for the program itself; both may be patterns. Every single
 * instruction is counted, at up to some microseconds each.
 */
#pragma D option quiet
#pragma D option agghist
#pragma D option aggsortrev

instr$target:$1:$2:
{
	@[strtok(probename, "-")] = count();
	@total = count();
}

END
{
	printa("%@d instructions\n", @total);
	clear(@total);
}
