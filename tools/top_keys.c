// SPDX-License-Identifier: GPL-2.0
/* The one table of keys. Pure: the man page is generated from it, too. */
#include <stddef.h>
#include "top_keys.h"

const struct top_key top_keys[] = {
	{ "Up k", "one row up", TOP_UP, { TOPKEY_UP, 'k' } },
	{ "Down j", "one row down", TOP_DOWN, { TOPKEY_DOWN, 'j' } },
	{ "PgUp", "one page up", TOP_PAGE_UP, { TOPKEY_PGUP, TOPKEY_CTRL('b') } },
	{ "PgDn", "one page down", TOP_PAGE_DOWN, { TOPKEY_PGDN, TOPKEY_CTRL('f') } },
	{ "Home", "to the first row, whichever that is", TOP_FIRST, { TOPKEY_HOME } },
	{ "End", "to the last row", TOP_LAST, { TOPKEY_END } },
	{ "Enter Right", "look into the row", TOP_IN, { TOPKEY_ENTER, '\n', TOPKEY_RIGHT } },
	{ "Backspace Left", "back out", TOP_OUT, { TOPKEY_BACKSPACE, '\b', TOPKEY_LEFT } },
	{ "Esc", "clear the filter, or back out", TOP_ESCAPE, { TOPKEY_ESC } },
	{ "Tab", "next panel", TOP_NEXT_PANEL, { TOPKEY_TAB } },
	{ "Shift-Tab", "previous panel", TOP_PREV_PANEL, { TOPKEY_BACKTAB } },
	{ "0", "overview: a line for each panel", TOP_OVERVIEW, { '0' } },
	{ "1 .. 9", "the panel of that number", TOP_PANEL, { 0 } },
	{ "g v", "next table of the panel", TOP_NEXT_TABLE, { 'g', 'v' } },
	{ "w", "where the time of these calls went", TOP_SIBLING, { 'w' } },
	{ "x", "stop watching this, or start", TOP_WATCH, { 'x' } },
	{ "o", "open or close a branch of a tree", TOP_FOLD, { 'o' } },
	{ "z", "panel over the whole screen", TOP_ZOOM, { 'z' } },
	{ "s", "choose the sort column", TOP_SORT, { 's' } },
	{ "<", "sort by the column to the left", TOP_SORT_LEFT, { '<', ',' } },
	{ ">", "sort by the column to the right", TOP_SORT_RIGHT, { '>', '.' } },
	{ "r", "reverse the order", TOP_REVERSE, { 'r' } },
	{ "/", "show only names with a text", TOP_FILTER, { '/' } },
	{ "e", "show only rows with errors", TOP_ERRORS, { 'e' } },
	{ "t", "histogram of all time, of the interval", TOP_SINCE, { 't' } },
	{ "Space", "pause, go on", TOP_PAUSE, { ' ' } },
	{ "+", "longer interval", TOP_SLOWER, { '+', '=' } },
	{ "-", "shorter interval", TOP_FASTER, { '-', '_' } },
	{ "Ctrl-L", "draw the screen anew", TOP_REDRAW, { TOPKEY_CTRL('l') } },
	{ "? h", "help", TOP_HELP, { '?', 'h', TOPKEY_F1 } },
	{ "q", "quit", TOP_QUIT, { 'q', 'Q' } },
	{ NULL, NULL, TOP_NOTHING, { 0 } },
};

enum top_command top_command_of(int key)
{
	const struct top_key *k;
	int i;

	if (key >= '1' && key <= '9')
		return TOP_PANEL;
	for (k = top_keys; k->keys; k++)
		for (i = 0; i < 4 && k->code[i]; i++)
			if (k->code[i] == key)
				return k->command;
	return TOP_NOTHING;
}
