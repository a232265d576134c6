/* The processor a probe is about, by its number. */
#pragma D depends_on library cpu.d

translator cpuinfo_t < int C > {
	cpu_id = C;
	cpu_pset = 0;
	cpu_chip = 0;
	cpu_lgrp = 0;
};
