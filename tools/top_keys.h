/* SPDX-License-Identifier: GPL-2.0 */
/* What one can press in `top`: one table for the input, the help, the man page. */
#ifndef OSTRACE_TOP_KEYS_H
#define OSTRACE_TOP_KEYS_H

/* Keys that are no character; tui.c translates the terminal's to these. */
enum {
	TOPKEY_NONE = -1,   /* nothing was pressed */
	TOPKEY_HANGUP = -2, /* the terminal is gone */
	TOPKEY_TAB = '\t',
	TOPKEY_ENTER = '\r',
	TOPKEY_ESC = 0x1b,
	TOPKEY_BACKSPACE = 0x7f,
	TOPKEY_UP = 0x110000, /* above Unicode */
	TOPKEY_DOWN,
	TOPKEY_LEFT,
	TOPKEY_RIGHT,
	TOPKEY_PGUP,
	TOPKEY_PGDN,
	TOPKEY_HOME,
	TOPKEY_END,
	TOPKEY_BACKTAB,
	TOPKEY_DELETE,
	TOPKEY_F1,
};

#define TOPKEY_CTRL(c) ((c) & 0x1f)

enum top_command {
	TOP_NOTHING,
	TOP_QUIT,
	TOP_HELP,
	TOP_NEXT_PANEL,
	TOP_PREV_PANEL,
	TOP_PANEL, /* by number */
	TOP_OVERVIEW,
	TOP_SIBLING,
	TOP_WATCH,
	TOP_NEXT_TABLE,
	TOP_FOLD,
	TOP_UP,
	TOP_DOWN,
	TOP_PAGE_UP,
	TOP_PAGE_DOWN,
	TOP_FIRST,
	TOP_LAST,
	TOP_IN,
	TOP_OUT,
	TOP_ESCAPE, /* clear the filter or, without one, out */
	TOP_SORT,
	TOP_SORT_LEFT,
	TOP_SORT_RIGHT,
	TOP_REVERSE,
	TOP_FILTER,
	TOP_ERRORS,
	TOP_SINCE,
	TOP_ZOOM,
	TOP_PAUSE,
	TOP_SLOWER,
	TOP_FASTER,
	TOP_REDRAW,
};

struct top_key {
	const char *keys; /* as people write them, "Up k" */
	const char *help; /* what they do, one clause */
	enum top_command command;
	int code[4]; /* what is read, 0 ends */
};

/* In the order of the help screen; ends with keys == NULL. */
extern const struct top_key top_keys[];

/** top_command_of - what pressing @key asks for. */
enum top_command top_command_of(int key);

#endif /* OSTRACE_TOP_KEYS_H */
