// SPDX-License-Identifier: GPL-2.0
/* The terminal, by way of ncursesw. */
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <curses.h>
#include <term.h>
#include "err.h"
#include "format.h"
#include "top_keys.h"
#include "tui.h"

#define ESC_DELAY_MS 25 /* an Esc that is followed by nothing is an Esc */

struct tui {
	SCREEN *screen;
	FILE *in, *out;
	struct termios saved; /* the terminal as it was found */
	bool have_saved;
	bool color;
	bool ascii;
	bool whole; /* the next paint draws every line */
	bool suspended;
	int messages;	  /* standard error while the screen is up */
	int stderr_fd;	  /* the real one meanwhile */
	struct grid last; /* what was painted last */
};

/* A terminal for keys: standard input or, when that is something else, ours. */
static int open_keyboard(void)
{
	if (isatty(STDIN_FILENO))
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* What to do without a screen. */
#define INSTEAD "use 'ostrace top -b' or 'ostrace syscalls'"

int tui_check(void)
{
	const char *term = getenv("TERM"), *cup;
	int found = 0;

	if (!isatty(STDOUT_FILENO))
		return err_set(-ENOTTY, "standard output is no terminal: " INSTEAD);
	if (!term || !*term)
		return err_set(-ENODEV,
			       "TERM is not set to the terminal's type; set it, or " INSTEAD);
	if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
		return err_set(-ENODEV,
			       "unknown terminal type '%s' in TERM; set another, or " INSTEAD,
			       term);
	cup = tigetstr("cup");
	/* Frees what setupterm() made; newterm() makes its own. */
	del_curterm(cur_term);
	if (!cup || cup == (char *)-1)
		return err_set(-ENODEV, "a terminal of type '%s' can show no screen; " INSTEAD,
			       term);
	return 0;
}

/*
 * Curses writes characters in the encoding of the locale. Where the locale
 * that the environment names is not installed but is a UTF-8 one, any other
 * UTF-8 locale does as well.
 */
static bool setup_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (format_utf8() && MB_CUR_MAX < 4 && !setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
	return !format_utf8() || MB_CUR_MAX < 4;
}

static void setup_colors(struct tui *t)
{
	static const short color[STYLE_COUNT] = {
		[STYLE_TITLE] = COLOR_CYAN, [STYLE_SORTED] = COLOR_CYAN,
		[STYLE_ERROR] = COLOR_RED,  [STYLE_BOUND] = COLOR_YELLOW,
		[STYLE_BAR] = COLOR_GREEN,  [STYLE_MARK] = COLOR_MAGENTA,
		[STYLE_HINT] = COLOR_CYAN,
	};
	short i;

	t->color = t->color && has_colors() && start_color() == OK;
	if (!t->color)
		return;
	use_default_colors();
	for (i = 1; i < STYLE_COUNT; i++)
		if (color[i])
			init_pair(i, color[i], -1);
}

/* Looks that say the same without colours. */
static attr_t style_attr(const struct tui *t, uint8_t style)
{
	static const attr_t attr[STYLE_COUNT] = {
		[STYLE_DIM] = A_DIM,
		[STYLE_STRONG] = A_BOLD,
		[STYLE_TITLE] = A_BOLD,
		[STYLE_HEAD] = A_UNDERLINE,
		[STYLE_SORTED] = A_BOLD | A_UNDERLINE,
		[STYLE_ERROR] = A_BOLD,
		[STYLE_BOUND] = A_NORMAL,
		[STYLE_MARK] = A_BOLD,
		[STYLE_HINT] = A_BOLD,
	};
	unsigned int s = style & STYLE_MASK;
	attr_t a;

	if (s >= STYLE_COUNT)
		s = STYLE_NORMAL;
	a = attr[s];
	/* Dimmed reverse video is hard to read, and so are colours in it. */
	if (style & STYLE_SELECTED)
		return A_REVERSE | (a & A_BOLD);
	/* Colour pair s is only defined for the styles that have a colour. */
	return t->color ? a | COLOR_PAIR(s) : a;
}

static void setup_screen(struct tui *t)
{
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_DELAY_MS);
	curs_set(0);
	leaveok(stdscr, TRUE);
	setup_colors(t);
}

/* Send standard error where it does not spoil the screen. */
static void hold_messages(struct tui *t)
{
	t->messages = memfd_create("messages", MFD_CLOEXEC);
	if (t->messages < 0)
		return;
	fflush(stderr);
	t->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (t->stderr_fd >= 0 && isatty(STDERR_FILENO))
		dup2(t->messages, STDERR_FILENO);
}

static void replay_messages(struct tui *t)
{
	char buf[512];
	ssize_t n;

	if (t->stderr_fd >= 0) {
		fflush(stderr);
		dup2(t->stderr_fd, STDERR_FILENO);
		close(t->stderr_fd);
	}
	if (t->messages < 0)
		return;
	lseek(t->messages, 0, SEEK_SET);
	while ((n = read(t->messages, buf, sizeof(buf))) > 0)
		if (write(STDERR_FILENO, buf, n) != n)
			break;
	close(t->messages);
}

static int open_streams(struct tui *t)
{
	int in = open_keyboard(), out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	t->in = in >= 0 ? fdopen(in, "r") : NULL;
	t->out = out >= 0 ? fdopen(out, "w") : NULL;
	if (!t->in || !t->out)
		return err_set(-ENOTTY, "there is no terminal to read keys from; " INSTEAD);
	t->have_saved = !tcgetattr(in, &t->saved);
	return 0;
}

int tui_open(struct tui **tp, bool color)
{
	struct tui *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->messages = -1;
	t->stderr_fd = -1;
	t->color = color;
	t->ascii = setup_locale();
	err = open_streams(t);
	if (err)
		goto fail;
	t->screen = newterm(NULL, t->out, t->in);
	if (!t->screen) {
		err = err_set(-ENODEV, "the terminal cannot be set up; " INSTEAD);
		goto fail;
	}
	hold_messages(t);
	setup_screen(t);
	*tp = t;
	return 0;
fail:
	tui_close(t);
	return err;
}

void tui_close(struct tui *t)
{
	if (!t)
		return;
	if (t->screen) {
		curs_set(1);
		endwin();
		delscreen(t->screen);
	}
	/* Curses restores what it remembers; this is what there really was. */
	if (t->have_saved)
		tcsetattr(fileno(t->in), TCSADRAIN, &t->saved);
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	replay_messages(t);
	grid_free(&t->last);
	free(t);
}

int tui_input(const struct tui *t)
{
	return fileno(t->in);
}

bool tui_ascii(const struct tui *t)
{
	return t->ascii;
}

void tui_size(struct tui *t, int *rows, int *cols)
{
	struct winsize ws = { 0 };

	if (ioctl(fileno(t->out), TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col) {
		ws.ws_row = 24;
		ws.ws_col = 80;
	}
	*rows = ws.ws_row;
	*cols = ws.ws_col;
	if (*rows != getmaxy(stdscr) || *cols != getmaxx(stdscr)) {
		resize_term(*rows, *cols);
		tui_redraw(t);
	}
}

/* One run of cells of the same style. Return: where the next one starts. */
static int paint_run(const struct tui *t, int y, int x, const struct cell *c, int n)
{
	wchar_t text[256];
	uint8_t style = c[x].style;
	int len = 0, from = x;

	for (; x < n && c[x].style == style && len < 255; x++)
		if (c[x].ch)
			text[len++] = c[x].ch;
	/* A wide character is not to be torn from its right half. */
	while (x < n && !c[x].ch)
		x++;
	attrset((int)style_attr(t, style));
	mvaddnwstr(y, from, text, len);
	return x;
}

void tui_paint(struct tui *t, const struct grid *g)
{
	bool same = g->rows == t->last.rows && g->cols == t->last.cols && !t->whole;
	size_t width = g->cols * sizeof(*g->cell);
	int x, y;

	if (!same && grid_resize(&t->last, g->rows, g->cols))
		return;
	for (y = 0; y < g->rows; y++) {
		const struct cell *c = &g->cell[(size_t)y * g->cols];
		struct cell *last = &t->last.cell[(size_t)y * g->cols];

		if (same && !memcmp(c, last, width))
			continue;
		for (x = 0; x < g->cols;)
			x = paint_run(t, y, x, c, g->cols);
		memcpy(last, c, width);
	}
	t->whole = false;
	refresh();
}

void tui_redraw(struct tui *t)
{
	t->whole = true;
	clearok(curscr, TRUE);
}

/* The keys that matter; other ones are nothing. */
static int translate(int key)
{
	static const struct {
		int curses, top;
	} map[] = {
		{ KEY_UP, TOPKEY_UP },	      { KEY_DOWN, TOPKEY_DOWN },
		{ KEY_LEFT, TOPKEY_LEFT },    { KEY_RIGHT, TOPKEY_RIGHT },
		{ KEY_PPAGE, TOPKEY_PGUP },   { KEY_NPAGE, TOPKEY_PGDN },
		{ KEY_HOME, TOPKEY_HOME },    { KEY_END, TOPKEY_END },
		{ KEY_BTAB, TOPKEY_BACKTAB }, { KEY_BACKSPACE, TOPKEY_BACKSPACE },
		{ KEY_ENTER, TOPKEY_ENTER },  { KEY_DC, TOPKEY_DELETE },
		{ KEY_F(1), TOPKEY_F1 },
	};
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(*map); i++)
		if (map[i].curses == key)
			return map[i].top;
	return 0;
}

int tui_key(struct tui *t)
{
	struct termios now;
	wint_t key;

	switch (get_wch(&key)) {
	case KEY_CODE_YES:
		return translate((int)key);
	case OK:
		return (int)key;
	default:
		/* Nothing to read, or nothing to read from? */
		return tcgetattr(fileno(t->in), &now) ? TOPKEY_HANGUP : TOPKEY_NONE;
	}
}

void tui_suspend(struct tui *t)
{
	curs_set(1);
	endwin();
	if (t->have_saved)
		tcsetattr(fileno(t->in), TCSADRAIN, &t->saved);
	t->suspended = true;
}

void tui_resume(struct tui *t)
{
	/* The shell's settings may have changed while it had the terminal. */
	if (t->suspended)
		t->have_saved = !tcgetattr(fileno(t->in), &t->saved);
	t->suspended = false;
	tui_redraw(t);
	refresh(); /* curses comes back with its own settings */
	curs_set(0);
}
