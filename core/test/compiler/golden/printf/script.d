int x;
BEGIN { printf("%d %s %s", pid, execname, probefunc); trace(x++); exit(0); }
