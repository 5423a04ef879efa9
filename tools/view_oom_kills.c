// SPDX-License-Identifier: GPL-2.0
/* Victims of the OOM killer: bpf/oom.bpf.c and the memory it fills. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "err.h"
#include "oom_kills.h"
#include "oom.skel.h"
#include "session.h"

struct oom_kills {
	struct oom_bpf *skel;
	uint64_t missed_base;
};

int oom_kills_open(struct session *s, struct oom_kills **out)
{
	struct oom_kills *k = calloc(1, sizeof(*k));
	struct prog_stats ps;
	int err;

	*out = NULL;
	if (!k)
		return -ENOMEM;
	k->skel = oom_bpf__open();
	if (!k->skel) {
		err = err_set(-errno, "oom: cannot open its BPF object: %s", strerror(errno));
		goto fail;
	}
	k->skel->rodata->nr_cpus = (uint32_t)session_ncpus(s);
	err = session_load(s, k->skel->skeleton, "oom");
	if (!err)
		err = session_attach(s, k->skel->skeleton, "oom");
	if (err)
		goto fail;
	session_prog_stats(k->skel->obj, &ps);
	k->missed_base = ps.missed;
	*out = k;
	return 0;
fail:
	oom_kills_close(k);
	return err;
}

void oom_kills_close(struct oom_kills *k)
{
	if (!k)
		return;
	oom_bpf__destroy(k->skel);
	free(k);
}

uint64_t oom_kills_count(const struct oom_kills *k)
{
	return __atomic_load_n(&k->skel->bss_control->control.head, __ATOMIC_ACQUIRE);
}

bool oom_kills_get(const struct oom_kills *k, uint64_t n, struct oom_kill *out)
{
	uint64_t head = oom_kills_count(k);

	if (!n || n > head)
		return false;
	memcpy(out, &k->skel->bss_kills->kills[(n - 1) & (KILLS_KEPT - 1)], sizeof(*out));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	/* The slot may be the next to be written, so one fewer is safe. */
	return oom_kills_count(k) - n < KILLS_KEPT - 1;
}

bool oom_kills_find(const struct oom_kills *k, uint32_t pid, struct oom_kill *out)
{
	uint64_t n = oom_kills_count(k);

	for (; oom_kills_get(k, n, out); n--)
		if (out->pid == pid)
			return true;
	return false;
}

uint64_t oom_kills_ends(const struct oom_kills *k)
{
	return __atomic_load_n(&k->skel->bss_control->control.ends, __ATOMIC_RELAXED);
}

void oom_kills_stats(const struct oom_kills *k, struct prog_stats *st)
{
	session_prog_stats(k->skel->obj, st);
}

uint64_t oom_kills_missed(const struct oom_kills *k)
{
	struct prog_stats ps;

	session_prog_stats(k->skel->obj, &ps);
	return ps.missed - k->missed_base;
}
