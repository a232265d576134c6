int x;
BEGIN { trace(10 / x); x = 0; } ERROR { trace(arg4); exit(1); }
