// SPDX-License-Identifier: GPL-2.0
/* ostrace VIEW: one view as text or JSON. */
#include "command.h"
#include "report.h"

int cmd_view(const struct options *o)
{
	const struct view *const list[] = { o->cmd->view, NULL };

	return report_run(o, list, true);
}
