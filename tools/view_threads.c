// SPDX-License-Identifier: GPL-2.0
/* What the loaders of views with a slot for each thread have in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "err.h"
#include "session.h"
#include "view_cpus.h"
#include "view_threads.h"

bool programs_preempted(void)
{
	struct utsname u;

	return !uname(&u) && atoi(u.release) >= 7;
}

/* Threads on the machine now, from the fourth field of /proc/loadavg. */
static unsigned long count_threads(void)
{
	FILE *f = fopen("/proc/loadavg", "re");
	unsigned long n = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*s %*s %*s %*u/%lu", &n) != 1)
		n = 0;
	fclose(f);
	return n;
}

void threads_settings(struct thread_settings *set, const struct filter *f, int ncpus)
{
	uint32_t slots = THREAD_SLOTS_MIN;
	unsigned long n = count_threads();
	struct stat st;

	while (slots < 2 * n && slots < THREAD_SLOTS_MAX)
		slots *= 2;
	cpus_settings(&set->cpu, f, ncpus);
	set->thread_mask = slots - 1;
	set->row_mask = slots * THREAD_ROWS_PER_SLOT - 1;
	set->self_tgid = (uint32_t)getpid();
	if (!stat("/proc/self/ns/pid", &st))
		set->pidns_ino = (uint32_t)st.st_ino;
	set->filter_tasks = f->npids || f->ntids || f->program;
	set->filter_cgid = f->cgroup_id;
	set->filter_cglevel = (uint32_t)f->cgroup_level;
	set->errors_only = f->errors_only;
}

void threads_choose(struct session *s, const struct thread_progs *p, const struct filter *f)
{
	bpf_program__set_autoload(p->fork, f->program != 0);
	bpf_program__set_autoload(p->fork_2, f->program != 0 && programs_preempted());
	bpf_program__set_autoload(p->cgroup_attach,
				  session_has_tracepoint(s, "cgroup_attach_task"));
}

int threads_filters(const char *view, struct bpf_map *tgids, struct bpf_map *tids,
		    const struct filter *f)
{
	uint32_t active = FILTER_ACTIVE, at_exec = FILTER_AT_EXEC;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < f->npids; i++)
		err = bpf_map_update_elem(bpf_map__fd(tgids), &f->pids[i], &active, BPF_ANY);
	for (i = 0; !err && i < f->ntids; i++)
		err = bpf_map_update_elem(bpf_map__fd(tids), &f->tids[i], &active, BPF_ANY);
	if (!err && f->program)
		err = bpf_map_update_elem(bpf_map__fd(tgids), &f->program, &at_exec, BPF_ANY);
	return err ? err_set(err, "%s: too many processes or threads in the filter", view) : 0;
}
