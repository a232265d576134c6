/* The processor a probe is about, by its number. */
#pragma D depends_on library cpu.d

translator cpuinfo_t < int C > {
	cpu_id = C;
	cpu_pset = 0;
	cpu_chip = cpu_chip_of[C];
	cpu_lgrp = cpu_node_of[C];
};
