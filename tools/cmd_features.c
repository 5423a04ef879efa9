// SPDX-License-Identifier: GPL-2.0
/* ostrace features: what this kernel offers, and what that means for each view. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "command.h"
#include "err.h"
#include "feature.h"
#include "format.h"
#include "json.h"
#include "writer.h"

#define DETAIL_MAX 160

/* A feature as found. */
struct finding {
	enum feature_state state;
	char detail[DETAIL_MAX];
};

enum verdict { USABLE, DEGRADED, UNUSABLE, UNDECIDED };

static const char *const state_names[] = {
	[FEATURE_NO] = "no",
	[FEATURE_YES] = "yes",
	[FEATURE_UNKNOWN] = "unknown",
};

static const enum paint state_paint[] = {
	[FEATURE_NO] = PAINT_BAD,
	[FEATURE_YES] = PAINT_GOOD,
	[FEATURE_UNKNOWN] = PAINT_DIM,
};

static const char *const verdict_names[] = {
	[USABLE] = "usable",
	[DEGRADED] = "degraded",
	[UNUSABLE] = "unusable",
	[UNDECIDED] = "unknown",
};

static const enum paint verdict_paint[] = {
	[USABLE] = PAINT_GOOD,
	[DEGRADED] = PAINT_NONE,
	[UNUSABLE] = PAINT_BAD,
	[UNDECIDED] = PAINT_DIM,
};

/* What every view of BPF programs stands on, whatever else it needs. */
static const struct view_need bpf_needs[] = {
	{ "btf", true, "no BPF program can be fitted to this kernel" },
	{ "bpf", true, "no BPF program can be loaded" },
	{ "lockdown", true, "the kernel's memory cannot be read" },
	{ "mmapable", true, "counters cannot be read" },
	{ "bpf_jit", false, "tracing costs several times as much" },
	{ NULL, false, NULL },
};
static const struct view_need no_needs[] = { { NULL, false, NULL } };

static const struct view_need *common_needs(const struct view *v)
{
	return v->without_bpf ? no_needs : bpf_needs;
}

static int count_features(void)
{
	int n = 0;

	while (features[n].name)
		n++;
	return n;
}

static struct finding *probe_all(void)
{
	struct finding *f = calloc((size_t)count_features(), sizeof(*f));
	int i;

	for (i = 0; f && features[i].name; i++)
		f[i].state = features[i].probe(f[i].detail, DETAIL_MAX);
	return f;
}

static enum feature_state state_of(const struct finding *f, const char *name)
{
	const struct feature *known = feature_find(name);

	return known ? f[known - features].state : FEATURE_UNKNOWN;
}

static enum verdict worse(enum verdict v, const struct finding *f, const struct view_need *need)
{
	for (; need->feature; need++) {
		enum feature_state s = state_of(f, need->feature);
		enum verdict got = s == FEATURE_YES ? USABLE :
				   !need->required  ? DEGRADED :
				   s == FEATURE_NO  ? UNUSABLE :
						      UNDECIDED;

		/* Certainly not is stronger than perhaps not. */
		if (got == UNUSABLE || (got > v && v != UNUSABLE))
			v = got;
	}
	return v;
}

static enum verdict judge(const struct view *v, const struct finding *f)
{
	return worse(worse(USABLE, f, common_needs(v)), f, v->needs);
}

/* The longest name, and a gap. */
static int name_width(void)
{
	int i, w = 0;

	for (i = 0; features[i].name; i++)
		if (format_cells(features[i].name) > w)
			w = format_cells(features[i].name);
	return w + 1;
}

static void text_line(struct buf *b, const struct text_style *s, const char *name, const char *word,
		      enum paint p, const char *rest)
{
	char plain[2 * DETAIL_MAX];

	buf_puts(b, name);
	buf_pad(b, name_width() - format_cells(name));
	paint(b, s, p);
	buf_puts(b, word);
	paint(b, s, PAINT_NONE);
	if (*rest) {
		buf_pad(b, 10 - format_cells(word));
		format_escape(plain, sizeof(plain), rest, s->utf8);
		buf_puts(b, plain);
	}
	buf_putc(b, '\n');
}

static void text_costs(struct buf *b, const struct finding *f, const struct view_need *need)
{
	for (; need->feature; need++) {
		enum feature_state s = state_of(f, need->feature);

		if (s != FEATURE_YES)
			buf_printf(b, "  %s %s: %s\n",
				   s == FEATURE_NO ? "without" : "perhaps without", need->feature,
				   need->without);
	}
}

static void write_features_text(struct buf *b, const struct finding *f, const char *kernel,
				const struct text_style *s)
{
	char rest[2 * DETAIL_MAX];
	int i;

	paint(b, s, PAINT_TITLE);
	buf_printf(b, "Kernel %s", kernel);
	paint(b, s, PAINT_NONE);
	buf_putc(b, '\n');
	for (i = 0; features[i].name; i++) {
		/* What is there needs no words, but where it is. */
		if (f[i].detail[0])
			snprintf(rest, sizeof(rest), "%s", f[i].detail);
		else
			rest[0] = '\0';
		text_line(b, s, features[i].name, state_names[f[i].state], state_paint[f[i].state],
			  rest);
	}
	buf_putc(b, '\n');
	paint(b, s, PAINT_TITLE);
	buf_puts(b, "Views");
	paint(b, s, PAINT_NONE);
	buf_putc(b, '\n');
	for (i = 0; views[i]; i++) {
		enum verdict v = judge(views[i], f);

		text_line(b, s, views[i]->name, verdict_names[v], verdict_paint[v], "");
		text_costs(b, f, common_needs(views[i]));
		text_costs(b, f, views[i]->needs);
	}
}

static void json_costs(struct json *j, const struct finding *f, const struct view_need *need)
{
	for (; need->feature; need++) {
		if (state_of(f, need->feature) == FEATURE_YES)
			continue;
		json_object(j, NULL);
		json_string(j, "feature", need->feature);
		json_bool(j, "required", need->required);
		json_string(j, "without", need->without);
		json_end_object(j);
	}
}

static void write_features_json(struct buf *b, const struct finding *f, const char *kernel)
{
	struct json j = { .out = b };
	int i;

	json_object(&j, NULL);
	json_string(&j, "kernel", kernel);
	json_array(&j, "features");
	for (i = 0; features[i].name; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", features[i].name);
		json_string(&j, "state", state_names[f[i].state]);
		json_string(&j, "summary", features[i].summary);
		json_string(&j, "detail", f[i].detail);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_array(&j, "views");
	for (i = 0; views[i]; i++) {
		json_object(&j, NULL);
		json_string(&j, "name", views[i]->name);
		json_string(&j, "state", verdict_names[judge(views[i], f)]);
		json_array(&j, "missing");
		json_costs(&j, f, common_needs(views[i]));
		json_costs(&j, f, views[i]->needs);
		json_end_array(&j);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_putc(b, '\n');
}

int cmd_features(const struct options *o)
{
	struct text_style s = text_style_of(STDOUT_FILENO, (int)o->color);
	struct finding *f = probe_all();
	struct buf b = { 0 };
	struct utsname u;
	enum verdict v;
	int err;

	if (!f || uname(&u)) {
		free(f);
		err_print(-ENOMEM);
		return EXIT_FAIL;
	}
	if (o->json)
		write_features_json(&b, f, u.release);
	else
		write_features_text(&b, f, u.release, &s);
	v = judge(views[0], f);
	free(f);
	err = buf_flush(&b, STDOUT_FILENO);
	buf_free(&b);
	if (err == -EPIPE)
		return 128 + SIGPIPE;
	if (err) {
		err_print(err);
		return EXIT_FAIL;
	}
	return v == USABLE || v == DEGRADED ? EXIT_OK : EXIT_UNSUPPORTED;
}
