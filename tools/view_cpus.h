/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OSTRACE_VIEW_CPUS_H
#define OSTRACE_VIEW_CPUS_H

#include <string.h>
#include "ostrace/cpus.h"
#include "view.h"

/** cpus_settings - fill the settings of a skeleton that is open, but not loaded. */
static inline void cpus_settings(struct cpu_settings *set, const struct filter *f, int ncpus)
{
	set->nr_cpus = (uint32_t)ncpus;
	set->filter = f->have_cpus;
	memcpy(set->bits, f->cpus, sizeof(set->bits));
}

#endif /* OSTRACE_VIEW_CPUS_H */
