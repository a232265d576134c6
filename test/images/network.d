#pragma D option quiet
#pragma D option aggsortkey

tcp:::state-change
/pid == $target && args[5]->tcps_state == TCP_STATE_CLOSED/
{
	@states[args[3]->tcps_laddr, tcp_state_string[args[3]->tcps_state]] = count();
}

tcp:::connect-request
/pid == $target/
{
	@to[args[3]->tcps_raddr] = count();
}
