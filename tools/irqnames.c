// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "array.h"
#include "irqnames.h"
#include "ostrace/stolen.h"

#define VECTOR_NAME(name, title, text) [IRQ_VECTOR_##name] = title,
#define VECTOR_TEXT(name, title, text) [IRQ_VECTOR_##name] = text,
static const char *const vector_names[IRQ_VECTORS] = { IRQ_VECTOR_LIST(VECTOR_NAME) };
static const char *const vector_texts[IRQ_VECTORS] = { IRQ_VECTOR_LIST(VECTOR_TEXT) };

const char *irqname_softirq(uint32_t vector)
{
	/* Of the kernel's softirq_to_name[], kernel/softirq.c. */
	static const char *const names[] = {
		"HI",	    "TIMER",	"NET_TX",   "NET_RX",	"BLOCK",    "IRQ_POLL",
		"TASKLET",  "SCHED",	"HRTIMER",  "RCU",	"vector10", "vector11",
		"vector12", "vector13", "vector14", "vector15",
	};

	return vector < sizeof(names) / sizeof(names[0]) ? names[vector] : "?";
}

const char *irqname_vector(uint32_t vector)
{
	return vector < IRQ_VECTORS ? vector_names[vector] : "?";
}

const char *irqname_vector_text(uint32_t vector)
{
	return vector < IRQ_VECTORS ? vector_texts[vector] : "?";
}

/* The names of a line's handlers, by the kernel: "a,b". */
static void line_name(uint32_t irq, char *to, size_t size)
{
	char path[64];
	FILE *f;
	int n = snprintf(to, size, "%u", irq);

	snprintf(path, sizeof(path), "/sys/kernel/irq/%u/actions", irq);
	f = fopen(path, "re");
	if (!f)
		return;
	to[n] = ' ';
	if (!fgets(to + n + 1, (int)size - n - 1, f))
		to[n] = '\0';
	to[strcspn(to, "\n")] = '\0';
	fclose(f);
}

const char *irqnames_source(struct irqnames *names, uint32_t source)
{
	uint32_t number = STOLEN_SOURCE_NUMBER(source), i;
	struct irqname *name;

	if (STOLEN_SOURCE_HOW(source) != STOLEN_HARD)
		return irqname_softirq(number);
	for (i = 0; i < names->n; i++)
		if (names->v[i]->source == source)
			return names->v[i]->text;
	if (array_room(&names->v, names->n, &names->cap))
		return "?";
	name = calloc(1, sizeof(*name));
	if (!name)
		return "?";
	name->source = source;
	if (number & STOLEN_VECTOR)
		snprintf(name->text, sizeof(name->text), "%s %s",
			 irqname_vector(number & ~STOLEN_VECTOR),
			 irqname_vector_text(number & ~STOLEN_VECTOR));
	else
		line_name(number, name->text, sizeof(name->text));
	names->v[names->n++] = name;
	return name->text;
}

void irqnames_free(struct irqnames *names)
{
	uint32_t i;

	for (i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	memset(names, 0, sizeof(*names));
}
