#!/usr/sbin/dtrace -s
/*
 * branchcov: which ways the conditional jumps of some functions go: of each
 * how often it was taken and how often not, and how many went both ways.
 *
 * usage: branchcov.d -c command module function
 *        branchcov.d -p process module function
 *
 * Module is a.out for the program itself; both may be patterns. Jumps that
 * were not reached are not shown: dtrace -ln 'instr$target:a.out:main:jcc-*'
 * lists all there are.
 */
#pragma D option quiet
#pragma D option aggsortkey
#pragma D option aggsortkeypos=2

int ways[uintptr_t];
int reached, both;

instr$target:$1:$2:jcc-*
{
	this->way = arg1 ? 1 : 2;
	this->before = ways[arg0];
	reached += this->before == 0;
	both += (this->before | this->way) == 3 && this->before != 3;
	ways[arg0] = this->before | this->way;
	@taken[probefunc, probename, arg0] = sum(arg1);
	@through[probefunc, probename, arg0] = sum(!arg1);
}

END
{
	printf("%-24s %-10s %12s %12s\n", "FUNCTION", "JUMP", "TAKEN", "NOT TAKEN");
	printa("%-24s %-10s %@12d %@12d\n", @taken, @through);
	printf("\n%d of %d jumps went both ways.\n", both, reached);
}
