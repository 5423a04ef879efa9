// SPDX-License-Identifier: GPL-2.0
/* ostrace sched --compare: a command under the kernel's scheduler and under ours. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compare.h"
#include "err.h"
#include "scxmodule.h"

#define ROUNDS 6 /* the fewest whose extremes hold the median with 95 % */

struct state {
	const struct options *o;
	struct comparison c;
	struct scxmodule module;
	int rounds; /* wanted */
	int signo;  /* that asked us to end */
	int status; /* of a command that failed */
};

static int one_run(struct state *s, int round, int side)
{
	struct compare_run *r = &s->c.run[round][side];
	int err = scxmodule_set(&s->module, side == 1);

	if (!err)
		err = compare_run(s->o, r);
	if (!err)
		err = scxmodule_check(&s->module);
	s->signo = r->signo;
	if (err || s->signo) {
		s->status = r->status; /* of one that could not be run */
		return err ? err : -EINTR;
	}
	if (!r->stopped && r->status) {
		s->status = r->status;
		return err_set(-ECHILD, "round %d, under %s: the command ended with status %d",
			       round + 1, s->c.name[side], r->status);
	}
	return 0;
}

/*
 * Every other round the other way around: what a run leaves behind, caches say, is
 * then not always the same one's gain, and the module is loaded half as often.
 */
static int all_rounds(struct state *s)
{
	int round, err = 0;

	for (round = 0; !err && round < s->rounds; round++) {
		err = one_run(s, round, round & 1);
		if (!err)
			err = one_run(s, round, !(round & 1));
		if (!err)
			s->c.rounds++;
	}
	return err;
}

static int tell(const struct state *s)
{
	struct text_style style = text_style_of(STDOUT_FILENO, (int)s->o->color);
	struct buf b = { 0 };
	int err;

	if (s->o->json)
		compare_json(&b, &s->c);
	else
		compare_text(&b, &s->c, &style);
	err = buf_flush(&b, STDOUT_FILENO);
	buf_free(&b);
	return err;
}

static int exit_code(const struct state *s, int err)
{
	if (s->signo)
		return 128 + s->signo;
	if (err)
		err_print(err);
	return s->status ? s->status : err ? err_exit_code(err) : EXIT_OK;
}

static int compare(struct state *s)
{
	/* Whether ours can be loaded is known by trying: rather now than after a run. */
	int err = scxmodule_set(&s->module, true), code, restored;

	if (!err)
		err = all_rounds(s);
	code = exit_code(s, err);
	err_clear();
	restored = scxmodule_restore(&s->module);
	if (restored) {
		err_print(restored);
		code = code ? code : EXIT_FAIL;
	}
	if (!s->c.rounds || s->signo == SIGPIPE)
		return code;
	err = tell(s);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	if (err && err != -ECANCELED)
		err_print(err);
	return code ? code : err ? EXIT_FAIL : EXIT_OK;
}

int cmd_compare(const struct options *o)
{
	struct state s = {
		.o = o,
		.rounds = o->rounds ? o->rounds : ROUNDS,
		.c = { .name = { "the kernel's own", "ostrace" },
		       .command = o->program,
		       .limit_ns = o->compare_ns },
	};
	sigset_t stop, old;
	int err, code;

	err = scxmodule_open(&s.module);
	if (!err) {
		s.c.run = calloc((size_t)s.rounds, sizeof(*s.c.run));
		err = s.c.run ? 0 : -ENOMEM;
	}
	if (err) {
		scxmodule_close(&s.module);
		err_print(err);
		return err_exit_code(err);
	}
	/* Between runs they wait: the module is never left half-way. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	sigaddset(&stop, SIGQUIT);
	sigaddset(&stop, SIGPIPE);
	sigprocmask(SIG_BLOCK, &stop, &old);
	code = compare(&s);
	free(s.c.run);
	scxmodule_close(&s.module);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return code;
}
