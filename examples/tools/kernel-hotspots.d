#!/usr/sbin/dtrace -s
/*
 * kernel-hotspots: where the kernel spends its time: functions by the share of
 * samples that found a processor in them, and the same by kernel module.
 *
 * usage: kernel-hotspots.d [seconds], 5 unless given
 */
#pragma D option quiet
#pragma D option defaultargs

BEGIN
{
	left = $1 > 0 ? $1 : 5;
	printf("Sampling for %d seconds.\n", left);
}

/* 997 times a second on each processor: no round number keeps step with it. */
profile-997
{
	samples++;
}

profile-997
/arg0 != 0/
{
	inside++;
	@functions[func(arg0)] = count();
	@modules[mod(arg0)] = count();
}

tick-1s
{
	left--;
}

tick-1s
/left == 0/
{
	exit(0);
}

END
{
	printf("\n%d of %d samples in the kernel.\n\nBY MODULE\n", inside, samples);
	printa("  %-50a %@8d\n", @modules);
	printf("\nBY FUNCTION, the 20 first\n");
	trunc(@functions, 20);
	printa("  %-50a %@8d\n", @functions);
}
