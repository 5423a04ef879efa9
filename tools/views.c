// SPDX-License-Identifier: GPL-2.0
/* The view table. A new view is a row here, see view.h. */
#include <string.h>
#include "view.h"

extern const struct view view_syscalls, view_softirqs, view_sched, view_memory, view_faults,
	view_oom, view_irq;

/* The first one is the default: `ostrace features` fails without it. */
const struct view *const views[] = { &view_syscalls, &view_softirqs, &view_sched, &view_memory,
				     &view_faults,   &view_oom,	     &view_irq,	  NULL };

const struct view *view_find(const char *name)
{
	int i;

	for (i = 0; views[i]; i++)
		if (!strcmp(views[i]->name, name))
			return views[i];
	return NULL;
}
