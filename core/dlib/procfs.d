/* Processes and threads as /proc shows them, read from the kernel's task. */

typedef struct lwpsinfo {
	int pr_flag;
	id_t pr_lwpid;
	uintptr_t pr_addr;
	uintptr_t pr_wchan;
	char pr_stype;
	char pr_state;
	char pr_sname;
	char pr_nice;
	int pr_pri;
	int pr_onpro;
	int pr_bindpro;
	uint64_t pr_start;
	uint64_t pr_time;
	char pr_name[16];
	string pr_clname;
	int pr_bindpset;
	int pr_lgrp;
} lwpsinfo_t;

typedef struct psinfo {
	int pr_flag;
	int pr_nlwp;
	pid_t pr_pid;
	pid_t pr_ppid;
	pid_t pr_pgid;
	pid_t pr_sid;
	uid_t pr_uid;
	uid_t pr_euid;
	gid_t pr_gid;
	gid_t pr_egid;
	uintptr_t pr_addr;
	size_t pr_size;
	size_t pr_rssize;
	uint64_t pr_start;
	uint64_t pr_time;
	int pr_wstat;
	char pr_dmodel;
	string pr_fname;
	string pr_psargs;
	int pr_argc;
	uintptr_t pr_argv;
	uintptr_t pr_envp;
	dev_t pr_ttydev;
	/* What Linux has nothing like is 0. */
	int pr_nzomb;
	id_t pr_taskid;
	id_t pr_projid;
	id_t pr_poolid;
	id_t pr_contract;
	id_t pr_zoneid;
} psinfo_t;

inline int PR_STOPPED = 0x1;
inline int PR_ISSYS = 0x1000;

inline char PR_MODEL_ILP32 = 1;
inline char PR_MODEL_LP64 = 2;

inline char SSLEEP = 1;
inline char SRUN = 2;
inline char SZOMB = 3;
inline char SSTOP = 4;
inline char SIDL = 5;
inline char SONPROC = 6;

/* 0: able to run; bits 0 and 1 asleep; 2 and 3 stopped; 11: not there yet. */
#if member(task_struct, __state)
inline uint64_t task_state[struct task_struct *T] = T->__state;
#else
inline uint64_t task_state[struct task_struct *T] = T->state;
#endif
#if member(task_struct, thread_info.cpu)
inline int task_cpu[struct task_struct *T] = T->thread_info.cpu;
#else
inline int task_cpu[struct task_struct *T] = T->cpu;
#endif

/* Pages of files, of nobody, and shared ones that a process has in memory. */
#if member(mm_struct, rss_stat.count)
inline size_t task_pages[struct task_struct *T] =
    T->mm->rss_stat.count[0].counter + T->mm->rss_stat.count[1].counter +
    T->mm->rss_stat.count[3].counter;
#else
inline size_t task_pages[struct task_struct *T] = T->mm->rss_stat[0].count +
    T->mm->rss_stat[1].count + T->mm->rss_stat[3].count;
#endif

translator lwpsinfo_t < struct task_struct *T > {
	pr_flag = T->mm == NULL ? PR_ISSYS : 0;
	pr_lwpid = T->pid;
	pr_addr = (uintptr_t)T;
	pr_wchan = (uintptr_t)T->pi_blocked_on;
	pr_stype = 0;
	pr_state = T == curthread ? SONPROC :
	    T->exit_state != 0 ? SZOMB :
	    task_state[T] == 0 ? SRUN :
	    (task_state[T] & 0x800) ? SIDL :
	    (task_state[T] & 0x3) ? SSLEEP :
	    (task_state[T] & 0xc) ? SSTOP : SIDL;
	pr_sname = T == curthread ? 'O' :
	    T->exit_state != 0 ? 'Z' :
	    task_state[T] == 0 ? 'R' :
	    (task_state[T] & 0x800) ? 'I' :
	    (task_state[T] & 0x3) ? 'S' :
	    (task_state[T] & 0xc) ? 'T' : 'I';
	pr_nice = T->static_prio - 120;
	pr_pri = T->prio;
	pr_onpro = task_cpu[T];
	pr_bindpro = T->nr_cpus_allowed == 1 ? task_cpu[T] : -1;
	pr_start = T->start_time;
	pr_time = T->se.sum_exec_runtime;
	pr_name = T->comm;
	pr_clname = T->policy == 0 ? "TS" : T->policy == 1 ? "FIFO" : T->policy == 2 ? "RR" :
	    T->policy == 3 ? "BATCH" : T->policy == 5 ? "IDLE" : T->policy == 6 ? "DL" : "EXT";
	pr_bindpset = 0;
	pr_lgrp = cpu_node_of[task_cpu[T]];
};

/*
 * A program starts with the number of its arguments on top of its stack, then their addresses, 0, and those of its
 * environment. The memory of a process that is not the current one is out of reach.
 */
inline int has_own_memory[struct task_struct *T] = T->mm != NULL && T->mm == curthread->mm;
inline int task_argc[struct task_struct *T] = has_own_memory[T] ? *(int *)copyin(T->mm->start_stack, 4) : 0;
inline dev_t tty_number[struct tty_struct *Y] =
    Y->driver->major << 20 | (Y->driver->minor_start + Y->index);

translator psinfo_t < struct task_struct *T > {
	pr_flag = T->mm == NULL ? PR_ISSYS : 0;
	pr_nlwp = T->signal->nr_threads;
	pr_pid = T->tgid;
	pr_ppid = T->real_parent->tgid;
	pr_pgid = T->signal->pids[2]->numbers[0].nr;
	pr_sid = T->signal->pids[3]->numbers[0].nr;
	pr_uid = T->cred->uid.val;
	pr_euid = T->cred->euid.val;
	pr_gid = T->cred->gid.val;
	pr_egid = T->cred->egid.val;
	pr_addr = (uintptr_t)T;
	pr_size = T->mm == NULL ? 0 : T->mm->total_vm << 2;
	pr_rssize = T->mm == NULL ? 0 : task_pages[T] << 2;
	pr_wstat = T->exit_code;
	pr_start = T->start_time;
	pr_time = T->se.sum_exec_runtime;
	pr_dmodel = PR_MODEL_LP64;
	pr_fname = stringof(T->comm);
	pr_psargs = has_own_memory[T] ? args_text((uintptr_t)T->mm->arg_start,
	    T->mm->arg_end - T->mm->arg_start) : stringof(T->comm);
	pr_argc = task_argc[T];
	pr_argv = T->mm == NULL ? 0 : T->mm->start_stack + 8;
	pr_envp = has_own_memory[T] ? T->mm->start_stack + 16 + 8 * task_argc[T] : 0;
	pr_ttydev = T->signal->tty == NULL ? (dev_t)-1 : tty_number[T->signal->tty];
	pr_nzomb = 0;
	pr_taskid = 0;
	pr_projid = 0;
	pr_poolid = 0;
	pr_contract = 0;
	pr_zoneid = T->thread_pid->level == 0 ? 0 :
	    T->thread_pid->numbers[T->thread_pid->level].ns->ns.inum;
};

inline psinfo_t *curpsinfo = xlate <psinfo_t *> (curthread);
inline lwpsinfo_t *curlwpsinfo = xlate <lwpsinfo_t *> (curthread);

/* Linux has no zones; a pid namespace of its own is what comes nearest, known by its host name. */
inline string zonename = curthread->thread_pid->level == 0 ? "global" :
    stringof(curthread->nsproxy->uts_ns->name.nodename);
