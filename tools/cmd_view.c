// SPDX-License-Identifier: GPL-2.0
/* ostrace VIEW: one view as text or JSON. */
#include "command.h"
#include "compare.h"
#include "report.h"

int cmd_view(const struct options *o)
{
	const struct view *const list[] = { o->cmd->view, NULL };

	if (o->compare_ns)
		return cmd_compare(o);
	return report_run(o, list, true);
}
