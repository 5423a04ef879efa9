// SPDX-License-Identifier: GPL-2.0
/*
 * Where things go. Nothing here depends on how many rows a table happens to
 * have, so that the screen stands still while the numbers change.
 */
#include "top_draw.h"
#include "top_model.h"

#define TITLE_LINES 2 /* of a panel: title, column titles */
#define MIN_ACTIVE 4  /* an active panel is useful from here on */

/* Lines of an inactive panel if all of them have to share @room. */
static int inactive_height(const struct top *t, int room)
{
	int n = t->npanels - 1, h;
	const struct top_panel *p = &t->panel[t->active];

	if (!n)
		return 0;
	if (room < MIN_ACTIVE + n)
		return 0;
	/* Whatever is followed is to be seen in all of them, beside a table. */
	if (t->follow.kind && !top_has_hist(p) && room >= MIN_ACTIVE + n * (TITLE_LINES + 1)) {
		h = (room - MIN_ACTIVE) * 2 / 3 / n;
		return h > TITLE_LINES + 1 ? h : TITLE_LINES + 1;
	}
	/* A histogram needs the room more than rows that nobody looks at. */
	h = top_has_hist(p) && room < 30 ? room / 4 / n : room * (n > 1 ? 45 : 30) / 100 / n;
	if (h < TITLE_LINES + 1)
		h = 1; /* the title alone: it is there, and its total */
	return h;
}

static void place_panels(struct top *t, int y, int room, int cols)
{
	int h = t->zoom ? 0 : inactive_height(t, room), i;

	t->page = (struct box){ y, 0, room, cols };
	for (i = 0; i < t->npanels; i++) {
		struct top_panel *p = &t->panel[i];

		p->box = (struct box){ y, 0, h, cols };
		if (i == t->active)
			p->box.h = room - h * (t->npanels - 1);
		if (t->overview)
			p->box.h = 0;
		y += p->box.h;
	}
}

static int limit_head(int rows)
{
	return rows < 5 ? 0 : rows < 14 ? 1 : rows < 30 ? 2 : 3;
}

void top_layout(struct top *t, int rows, int cols)
{
	int head, foot, hint, limit = limit_head(rows);

	if (cols != t->cols || rows != t->rows)
		t->head_lines = 0;
	t->rows = rows;
	t->cols = cols;
	/* A line once needed is kept: values grow and shrink by a digit. */
	head = limit ? top_head_lines(t, cols, limit) : 0;
	if (head > t->head_lines)
		t->head_lines = head;
	head = t->head_lines < limit ? t->head_lines : limit;
	foot = rows >= 7;
	/* What one types must be seen whatever the size. */
	hint = rows >= 16 || (rows > 1 && t->mode == TOP_MODE_FILTER);
	t->head = (struct box){ 0, 0, head, cols };
	t->hint = (struct box){ rows - hint, 0, hint, cols };
	t->foot = (struct box){ rows - hint - foot, 0, foot, cols };
	place_panels(t, head, rows - head - foot - hint, cols);
}

void top_layout_batch(struct top *t, int cols, int limit)
{
	int y, i, n;

	t->cols = cols;
	t->head = (struct box){ 0, 0, top_head_lines(t, cols, 3), cols };
	y = t->head.h;
	for (i = 0; i < t->npanels; i++) {
		struct top_panel *p = &t->panel[i];

		n = (int)p->table.nrows;
		if (limit && n > limit)
			n = limit;
		p->box = (struct box){ y, 0, TITLE_LINES + (n ? n : 1), cols };
		y += p->box.h;
	}
	t->foot = (struct box){ y, 0, 1, cols };
	t->hint = (struct box){ y + 1, 0, 0, cols };
	t->rows = y + 1;
}
