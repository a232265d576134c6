#pragma D option quiet

io:::start
/pid == $target && args[0]->b_bcount == 65536/
{
	@bytes[args[1]->dev_statname, args[1]->dev_pathname, args[2]->fi_fs] = sum(args[0]->b_bcount);
	@sizes = quantize(args[0]->b_bcount);
	@flags[args[0]->b_flags & B_WRITE ? "W" : "R"] = count();
}
