/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal: paints grids, reads keys, and is given back whatever happens.
 * tui.c is the only file that knows curses.
 */
#ifndef OSTRACE_TUI_H
#define OSTRACE_TUI_H

#include <stdbool.h>
#include "grid.h"

struct tui;

/**
 * tui_check - can the terminal show a screen? To be asked before anything is
 * started. Return: 0; -ENOTTY, -ENODEV with err_set().
 */
int tui_check(void);

/**
 * tui_open - take the terminal
 * @color: use colours if the terminal has them
 *
 * While it is taken, standard error goes to a file in memory and is replayed
 * by tui_close(), so that no message gets lost on the screen.
 *
 * Return: 0 or -errno with err_set().
 */
int tui_open(struct tui **t, bool color);
/** tui_close - give it back as it was found; accepts NULL. */
void tui_close(struct tui *t);

/** tui_input - the descriptor that keys come from, -1: there is none. */
int tui_input(const struct tui *t);
/** tui_ascii - the locale knows nothing but ASCII. */
bool tui_ascii(const struct tui *t);
/** tui_size - rows and columns; asks the terminal again, 80x24 if it does not know. */
void tui_size(struct tui *t, int *rows, int *cols);
/** tui_paint - show @g; what has not changed is not sent. */
void tui_paint(struct tui *t, const struct grid *g);
/** tui_redraw - forget what is on the terminal: the next paint sends everything. */
void tui_redraw(struct tui *t);
/** tui_key - a character, TOPKEY_*, TOPKEY_NONE or TOPKEY_HANGUP; never waits. */
int tui_key(struct tui *t);
/** tui_suspend - give the terminal back for a while (Ctrl-Z). */
void tui_suspend(struct tui *t);
/** tui_resume - take it again. */
void tui_resume(struct tui *t);

#endif /* OSTRACE_TUI_H */
